//! Memory that pictures in flight share.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Bytes that pictures may take while they are decoded, all together.
///
/// A picture that needs more than there is waits until others are done; one that needs more
/// than all goes alone.
#[derive(Debug)]
pub(crate) struct Budget {
    all: u64,
    /// Bytes in use, and by how many.
    used: Mutex<(u64, usize)>,
    freed: Condvar,
}

impl Budget {
    pub(crate) fn new(all: u64) -> Self {
        Self {
            all,
            used: Mutex::new((0, 0)),
            freed: Condvar::new(),
        }
    }

    /// Waits until `bytes` are free.
    pub(crate) fn take(self: &Arc<Self>, bytes: u64) -> Permit {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while used.1 > 0 && used.0.saturating_add(bytes) > self.all {
            used = self
                .freed
                .wait(used)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *used = (used.0.saturating_add(bytes), used.1 + 1);
        Permit {
            budget: Arc::clone(self),
            bytes,
        }
    }
}

/// Bytes that are in use until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    budget: Arc<Budget>,
    bytes: u64,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut used = self
            .budget
            .used
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *used = (used.0.saturating_sub(self.bytes), used.1.saturating_sub(1));
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_is_too_large_waits_until_it_is_alone() {
        let budget = Arc::new(Budget::new(100));
        let first = budget.take(60);
        let second = budget.take(40);
        let own = Arc::clone(&budget);
        let waiting = std::thread::spawn(move || own.take(500).bytes);
        drop(first);
        assert!(!waiting.is_finished());
        drop(second);
        assert_eq!(waiting.join().unwrap(), 500);
        assert_eq!(*budget.used.lock().unwrap(), (0, 0));
    }
}
