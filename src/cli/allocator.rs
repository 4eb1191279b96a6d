//! What the C library's allocator does with memory that is free again.

/// Keeps it, up to a bound, and for all threads together.
///
/// Buffers of some MiB come and go with each chunk, from one thread to another.  By default each is
/// handed back to the system, or kept by the thread that freed it, and comes anew in pages that have
/// to be cleared: a sixth of the time of writing texts, and more memory.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) fn keep_free_memory() {
    /// Larger ones still have pages of their own.
    const OWN_PAGES_FROM_BYTES: i32 = 1 << 30;
    const KEPT_MAX_BYTES: i32 = 512 << 20;
    // SAFETY: sets numbers of the allocator; no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_MMAP_THRESHOLD, OWN_PAGES_FROM_BYTES);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT_MAX_BYTES);
    }
    ask_for_huge_pages();
}

/// Asks that what the heap grows by comes in pages of 2 MiB: the first touch of each page of 4 KiB
/// costs a tenth of the time of converting a stub.
///
/// The addresses are taken and let go, so that the heap has them next; no memory is, until it is
/// touched.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn ask_for_huge_pages() {
    const HEAP_BYTES: usize = 256 << 20;
    const PAGE_BYTES: usize = 2 << 20;
    // SAFETY: advice about addresses that are this function's own until it frees them.
    unsafe {
        let heap = libc::malloc(HEAP_BYTES);
        if heap.is_null() {
            return;
        }
        let skipped = heap.align_offset(PAGE_BYTES);
        let bytes = HEAP_BYTES.saturating_sub(skipped + PAGE_BYTES);
        libc::madvise(heap.wrapping_byte_add(skipped), bytes, libc::MADV_HUGEPAGE);
        libc::free(heap);
    }
}

/// Other allocators are left as they are.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn keep_free_memory() {}
