//! Panics of decoders and measures that are counted, not shown.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `work` gives, or `None` where it panics; the panic prints nothing.
///
/// The first call puts a panic hook before the one that is there, which it asks for all
/// panics but those inside `work`. A program that is built to abort on panic aborts.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                before(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_none_and_leaves_other_panics_as_they_were() {
        assert_eq!(quietly(|| 7), Some(7));
        let nested = quietly(|| {
            assert_eq!(quietly(|| -> u8 { panic!("inner") }), None);
            assert!(QUIET.get());
            1
        });
        assert_eq!(nested, Some(1));
        assert!(!QUIET.get());
    }
}
