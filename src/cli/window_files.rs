//! Profiles of windows of time as files in a folder.

use super::output;
use anyhow::{Context, Result, bail};
use driftsphere::profile::{WindowLength, Windows};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Refuses, before any work is done, an output that cannot be a folder.
pub(super) fn check_folder(folder: &Path) -> Result<()> {
    if output::is_screen(folder) {
        bail!("--window writes a folder of profiles, not standard output");
    }
    if folder.exists() && !folder.is_dir() {
        bail!(
            "{} is a file; --window writes a folder of profiles",
            folder.display()
        );
    }
    Ok(())
}

/// Writes each window into the folder, which is made if it is not there, and says
/// so line by line.
pub(super) fn write<T>(
    windows: &Windows<T>,
    length: WindowLength,
    folder: &Path,
    write: impl Fn(&T, &Path) -> driftsphere::Result<()>,
    line: impl Fn(&T, &str) -> String,
) -> Result<()> {
    let cannot = || format!("cannot make the folder {}", folder.display());
    std::fs::create_dir_all(folder).with_context(cannot)?;
    let mut written = BTreeSet::new();
    let mut text = String::new();
    for (&start, window) in &windows.windows {
        let path = folder.join(format!("{}.dsp", window_name(start, length)?));
        write(window, &path)?;
        text += &format!("{}\n", line(window, &path.display().to_string()));
        written.insert(path);
    }
    tell_others(folder, &written)?;
    for (reason, count) in windows.tally.skipped().chain(windows.tally.failed()) {
        output::note(&format!("{count} records are in no window: {reason}"));
    }
    output::print(&text)
}

/// `2025-03-03`, or as much of the time of day as the length tells apart.
pub(super) fn window_name(start: i64, length: WindowLength) -> Result<String> {
    const MINUTE: i64 = 60_000;
    let format = match length.milliseconds() {
        n if n % (1440 * MINUTE) == 0 => "%Y-%m-%d",
        n if n % (60 * MINUTE) == 0 => "%Y-%m-%dT%H",
        n if n % MINUTE == 0 => "%Y-%m-%dT%H%M",
        _ => "%Y-%m-%dT%H%M%S",
    };
    let start = Timestamp::from_millisecond(start).context("the start of a window")?;
    Ok(start.strftime(format).to_string())
}

/// Files of an earlier run would be taken for windows of this one.
fn tell_others(folder: &Path, written: &BTreeSet<PathBuf>) -> Result<()> {
    let cannot = || format!("cannot read the folder {}", folder.display());
    let mut others = 0;
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let is_profile = path.extension().is_some_and(|extension| extension == "dsp");
        others += usize::from(is_profile && !written.contains(&path));
    }
    if others > 0 {
        output::note(&format!(
            "{} holds {others} further profiles, which were there before",
            folder.display()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_apart_what_the_length_does_and_sort_by_time() {
        let name = |start, length: &str| window_name(start, length.parse().unwrap()).unwrap();
        let monday = 1_740_960_000_000; // 2025-03-03
        assert_eq!(name(monday, "1d"), "2025-03-03");
        assert_eq!(name(monday, "1w"), "2025-03-03");
        assert_eq!(name(monday + 21_600_000, "6h"), "2025-03-03T06");
        assert_eq!(name(monday + 23_400_000, "30m"), "2025-03-03T0630");
        assert_eq!(name(monday + 23_415_000, "15s"), "2025-03-03T063015");
        assert_eq!(name(-62_135_596_800_000, "1d"), "0001-01-01");
    }
}
