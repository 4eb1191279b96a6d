//! When tokens were removed and brought back.
//!
//! A vandal who blanks a page removes all its tokens at once, and the revert brings all of them back:
//! what happened to many runs is the same.  So it is kept as a tree, in which each run knows the last
//! that happened to it, and each that happened knows what happened before.

/// Stands for "none" among numbers of nodes.
const NONE: u32 = u32::MAX;

/// What happened to tokens: removed first, then brought back, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Happened {
    /// The last of what is kept.
    node: u32,
    /// How much happened.
    pub(super) count: u64,
}

impl Default for Happened {
    fn default() -> Self {
        Self {
            node: NONE,
            count: 0,
        }
    }
}

/// All that happened and that some run needs.
#[derive(Debug)]
pub(super) struct Changes {
    nodes: Vec<Node>,
    free: Vec<u32>,
    most_nodes: usize,
    /// The last node that has none before it.
    last_first: u32,
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
struct Node {
    before: u32,
    /// How much happened up to here.
    count: u64,
    /// The last node that has this one before it.
    last_next: u32,
    /// Runs and nodes that need it.
    users: u32,
    /// The number of the text that did it.
    text: u64,
    revision_id: Option<i64>,
}

impl Changes {
    /// Room for what fits into so many bytes.
    pub(super) fn new(most_bytes: usize) -> Self {
        Self {
            nodes: Vec::new(),
            free: Vec::new(),
            most_nodes: (most_bytes / size_of::<Node>()).min(NONE as usize),
            last_first: NONE,
        }
    }

    /// One more run has the same behind it.
    pub(super) fn share(&mut self, happened: Happened) {
        if let Some(node) = self.nodes.get_mut(happened.node as usize) {
            node.users += 1;
        }
    }

    /// A run is gone.
    pub(super) fn let_go(&mut self, happened: Happened) {
        let mut at = happened.node;
        while let Some(node) = self.nodes.get_mut(at as usize) {
            node.users -= 1;
            if node.users > 0 {
                return;
            }
            self.free.push(at);
            at = node.before;
        }
    }

    /// What has happened to a run when a text changes it once more.
    pub(super) fn add(
        &mut self,
        happened: Happened,
        text: u64,
        revision_id: Option<i64>,
    ) -> Happened {
        let next = Happened {
            count: happened.count + 1,
            ..happened
        };
        if self.is_cut(happened) {
            return next;
        }
        let last_next = match self.nodes.get(happened.node as usize) {
            Some(before) => before.last_next,
            None => self.last_first,
        };
        let is_same =
            |node: &&mut Node| node.users > 0 && node.text == text && node.before == happened.node;
        if let Some(node) = self.nodes.get_mut(last_next as usize).filter(is_same) {
            node.users += 1;
            self.let_go(happened);
            return Happened {
                node: last_next,
                ..next
            };
        }
        // The run's need of what was before becomes the new node's.
        match self.make(Node {
            before: happened.node,
            count: next.count,
            last_next: NONE,
            users: 1,
            text,
            revision_id,
        }) {
            Some(node) => Happened { node, ..next },
            None => next,
        }
    }

    fn make(&mut self, node: Node) -> Option<u32> {
        let at = match self.free.pop() {
            Some(at) => {
                *self.nodes.get_mut(at as usize)? = node;
                at
            }
            None if self.nodes.len() < self.most_nodes => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
            None => return None,
        };
        match self.nodes.get_mut(node.before as usize) {
            Some(before) => before.last_next = at,
            None => self.last_first = at,
        }
        Some(at)
    }

    /// Whether there was no room for all that happened.
    pub(super) fn is_cut(&self, happened: Happened) -> bool {
        let node = self.nodes.get(happened.node as usize);
        node.map_or(0, |node| node.count) < happened.count
    }

    /// Revisions that removed, and those that brought back, as far as they are kept and have ids.
    pub(super) fn revisions(&self, happened: Happened) -> (Vec<i64>, Vec<i64>) {
        let (mut removed, mut returned) = (Vec::new(), Vec::new());
        let mut at = happened.node;
        while let Some(node) = self.nodes.get(at as usize) {
            let list = match node.count % 2 {
                1 => &mut removed,
                _ => &mut returned,
            };
            list.extend(node.revision_id);
            at = node.before;
        }
        removed.reverse();
        returned.reverse();
        (removed, returned)
    }
}
