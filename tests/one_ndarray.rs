//! Arrays can be handed from crate to crate only if there is one ndarray.

#[test]
fn the_lock_file_has_one_ndarray() {
    let lock = include_str!("../Cargo.lock");
    for name in ["ndarray", "linfa", "faer"] {
        let entries = lock.matches(&format!("name = \"{name}\"\n")).count();
        assert_eq!(entries, 1, "{entries} versions of {name} in Cargo.lock");
    }
}
