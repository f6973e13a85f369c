//! Work divided among threads.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::error::Result;

/// A piece of work that touches what no other piece touches.
pub(crate) type Task<'a> = Box<dyn FnOnce() -> Result<()> + Send + 'a>;

/// Does all `tasks`, on up to `threads` threads of the current rayon pool; the
/// longest should come first. One thread does them here, in their order.
///
/// # Errors
/// One of those of the tasks.
pub(crate) fn run(threads: usize, tasks: Vec<Task<'_>>) -> Result<()> {
    let workers = threads.min(tasks.len());
    if workers <= 1 {
        return tasks.into_iter().try_for_each(|task| task());
    }
    let queue = Mutex::new(tasks.into_iter());
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.next()
    };
    (0..workers)
        .into_par_iter()
        .with_max_len(1)
        .try_for_each(|_| std::iter::from_fn(next).try_for_each(|task| task()))
}

/// `work` of each item, in their order, on up to `threads` threads.
pub(crate) fn map<T: Send, U: Send>(
    threads: usize,
    items: Vec<T>,
    work: impl Fn(T) -> U + Sync + Send,
) -> Vec<U> {
    if threads == 1 {
        return items.into_iter().map(work).collect();
    }
    let share = items.len().div_ceil(threads).max(1);
    let items = items.into_par_iter().with_min_len(share);
    items.map(work).collect()
}

/// Does `work` here for one thread, else inside the rayon pool: from outside,
/// each of its steps would wake the threads of the pool anew.
pub(crate) fn within<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
    match threads {
        1 => work(),
        _ => rayon::scope(|_| work()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn every_task_is_done_once_and_an_error_comes_back() {
        for threads in [1, 2, 5] {
            let mut done = [0; 40];
            let tasks = done.iter_mut().map(|count| {
                let task: Task<'_> = Box::new(|| {
                    *count += 1;
                    Ok(())
                });
                task
            });
            run(threads, tasks.collect()).unwrap();
            assert_eq!(done, [1; 40]);

            let fail: Task<'_> = Box::new(|| Err(Error::new(ErrorKind::Limit, "too many")));
            let tasks = vec![Box::new(|| Ok(())), fail];
            assert_eq!(run(threads, tasks).unwrap_err().kind(), ErrorKind::Limit);
        }
    }
}
