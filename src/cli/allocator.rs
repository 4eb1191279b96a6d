//! Where large buffers stand, and what the C library's allocator does with memory that is free again.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, for which large buffers of nearly the same size have the same.
///
/// Chunks and pages of some MiB come and go, no two of them of one size.  Where one was free the next did not fit, or
/// left a piece that nothing fits: texts took a quarter more memory, and a sixteenth more time.  What a buffer is
/// rounded up by is not touched as a rule, so no memory stands behind it.
#[derive(Debug)]
pub struct Rounding;

impl Rounding {
    /// Smaller ones move fast.
    const LARGE_BYTES: usize = 1 << 20;

    /// The size rounded up, by an eighth of it at most, so that sizes close to each other become the same.
    fn rounded(size: usize) -> usize {
        if size < Self::LARGE_BYTES {
            return size;
        }
        let step = 1 << (size.ilog2() - 3);
        size.checked_next_multiple_of(step).unwrap_or(size)
    }

    fn layout(layout: Layout) -> Layout {
        let size = Self::rounded(layout.size());
        Layout::from_size_align(size, layout.align()).unwrap_or(layout)
    }
}

// SAFETY: all is done by the system's allocator, which sees the same layout for the same block each time: what it
// becomes depends on nothing else.  Blocks are never smaller than what was asked for.
unsafe impl GlobalAlloc for Rounding {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's, as below; the size is zero only if it was.
        unsafe { System.alloc(Self::layout(layout)) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: see above.
        unsafe { System.alloc_zeroed(Self::layout(layout)) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: see above.
        unsafe { System.dealloc(block, Self::layout(layout)) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let new = Layout::from_size_align(size, layout.align()).map(Self::layout);
        let (old, new) = (Self::layout(layout), new.map_or(size, |new| new.size()));
        if new == old.size() {
            return block;
        }
        // SAFETY: see above.
        unsafe { System.realloc(block, old, new) }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_sizes_are_rounded_up_by_little() {
        for size in [0, 1, 1000, (1 << 20) - 1] {
            assert_eq!(Rounding::rounded(size), size);
        }
        for size in [
            1 << 20,
            (1 << 20) + 1,
            9_000_000,
            3 << 30,
            isize::MAX as usize,
        ] {
            let rounded = Rounding::rounded(size);
            assert!(rounded >= size && rounded - size <= size / 8, "{size}");
            assert_eq!(Rounding::rounded(rounded), rounded);
        }
    }

    #[test]
    fn buffers_keep_what_is_in_them() {
        for (size, larger) in [
            (10, 1 << 21),
            (1 << 20, (1 << 20) + 9),
            (9_000_000, 9_100_000),
            (1 << 21, 5),
        ] {
            let layout = Layout::from_size_align(size, 16).unwrap();
            // SAFETY: the block is used within its size and freed by its last layout.
            unsafe {
                let block = Rounding.alloc_zeroed(layout);
                assert!(!block.is_null() && block.add(size - 1).read() == 0);
                block.add(4).write(7);
                let block = Rounding.realloc(block, layout, larger);
                assert_eq!(block.add(4).read(), 7);
                block.add(larger - 1).write(1);
                Rounding.dealloc(block, Layout::from_size_align(larger, 16).unwrap());
            }
        }
    }
}
