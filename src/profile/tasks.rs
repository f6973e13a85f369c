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
