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
}

/// Other allocators are left as they are.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn keep_free_memory() {}
