//! `driftsphere demo`: real embeddings and pictures, profiled, merged and compared.
//!
//! The data are a few weeks of photographs as EfficientNet-Lite0 sees them: two
//! weeks to trust, one like them, and one in which many pictures are blurred or
//! dark. Then a detector's boxes ([`demo_detections`]), sixty days of scores
//! ([`demo_series`]) and training runs ([`demo_runs`]). They are part of the command, so that
//! it needs no file and no network.

use super::args::{Cli, DemoArgs};
use super::demo_detections;
use super::demo_photos;
use super::demo_runs;
use super::demo_series;
use super::exit::ExitStatus;
use super::output;
use super::run::dispatch;
use anyhow::{Context, Result};
use clap::Parser;
use std::path::{Path, PathBuf};

/// The weeks, as files of embeddings with ids and labels.
const WEEKS: [(&str, &[u8]); 4] = [
    (
        "reference_week_1.npz",
        include_bytes!("../../examples/data/reference_week_1.npz"),
    ),
    (
        "reference_week_2.npz",
        include_bytes!("../../examples/data/reference_week_2.npz"),
    ),
    (
        "clean_week.npz",
        include_bytes!("../../examples/data/clean_week.npz"),
    ),
    (
        "degraded_week.npz",
        include_bytes!("../../examples/data/degraded_week.npz"),
    ),
];

/// What the commands write for a browser.
const REPORTS: [&str; 5] = [
    "report.html",
    "photos.html",
    "boxes.html",
    "series.html",
    "runs.html",
];

const COLUMNS: &str = "--ids id --labels label --time captured_at";

/// What is done, step by step: a sentence, and the command with its files.
fn steps() -> Vec<(&'static str, Vec<String>)> {
    let measured = "--codebook centres.dsb --reference";
    vec![
        (
            "Two machines profile a week of photographs each.",
            vec![
                format!("profile reference_week_1.npz {COLUMNS} -o week_1.dsp"),
                format!("profile reference_week_2.npz {COLUMNS} -o week_2.dsp"),
            ],
        ),
        (
            "Their profiles are merged, and centres are fitted on the result.",
            vec![
                "merge week_1.dsp week_2.dsp -o sums.dsp".to_owned(),
                "fit sums.dsp -K 6 -o centres.dsb".to_owned(),
            ],
        ),
        (
            "Each week is measured against the centres; merged, that is the reference.",
            vec![
                format!("profile reference_week_1.npz {COLUMNS} {measured} -o week_1.dsp"),
                format!("profile reference_week_2.npz {COLUMNS} {measured} -o week_2.dsp"),
                "merge week_1.dsp week_2.dsp -o reference.dsp".to_owned(),
            ],
        ),
        (
            "A week like the others. Nothing should be found.",
            vec![
                format!("profile clean_week.npz {COLUMNS} --like reference.dsp -o clean.dsp"),
                "compare reference.dsp clean.dsp".to_owned(),
            ],
        ),
        (
            "A week in which many pictures are blurred or dark.",
            vec![
                format!("profile degraded_week.npz {COLUMNS} --like reference.dsp -o degraded.dsp"),
                "compare reference.dsp degraded.dsp --html report.html".to_owned(),
            ],
        ),
        (
            "Folders of pictures need no embeddings: what file, camera and pixels say is measured.",
            vec![
                "profile photos/march --labels folder -o photos.dsp".to_owned(),
                "compare photos.dsp photos/march-too --labels folder".to_owned(),
            ],
        ),
        (
            "In April the lens is dirty.",
            vec![
                "compare photos.dsp photos/april --labels folder --images photos/april --html photos.html"
                    .to_owned(),
            ],
        ),
    ]
}

pub(super) fn run(args: &DemoArgs) -> Result<ExitStatus> {
    let folder = Folder::enter(args.dir.as_deref())?;
    let files = WEEKS.into_iter().chain(demo_detections::FILES);
    for (name, bytes) in files.chain(demo_runs::RUNS) {
        output::write_file(Path::new(name), bytes)?;
    }
    for (name, text) in demo_series::files() {
        output::write_file(Path::new(name), text.as_bytes())?;
    }
    demo_photos::write()?;
    output::print(
        "Photographs as EfficientNet-Lite0 (ImageNet) sees them: 1,280 numbers each, 280 a week.\n",
    )?;
    let steps = steps().into_iter().chain(demo_detections::steps());
    let steps = steps.chain(demo_series::steps());
    for (sentence, commands) in steps.chain(demo_runs::steps()) {
        output::print(&format!("\n{sentence}\n"))?;
        for command in commands {
            output::print(&format!("\n$ driftsphere {command}\n"))?;
            let words = std::iter::once("driftsphere").chain(command.split(' '));
            let status = dispatch(Cli::try_parse_from(words)?.command)?;
            let judges = ["compare", "series", "stability"];
            if judges.iter().any(|name| command.starts_with(name)) {
                output::print(&format!("(exit status {})\n", status.code()))?;
            }
        }
    }
    drop(folder);
    output::print(&closing(args.dir.as_deref()))?;
    Ok(ExitStatus::Success)
}

fn closing(dir: Option<&Path>) -> String {
    let files = match dir {
        Some(dir) => {
            let reports = REPORTS.map(|name| format!("\n  {}", dir.join(name).display()));
            format!(
                "The files are in {}; these are for a browser:\n{}",
                dir.display(),
                reports.concat()
            )
        }
        None => format!(
            "The files are gone; `driftsphere demo DIR` leaves them in DIR, with {} for a browser.",
            REPORTS.join(", ")
        ),
    };
    format!(
        "\n{files}\n\nTry next, with embeddings of your own (.npy, or .npz with ids and labels), or pictures:\n\n  \
         driftsphere compare march.npz april.npz --ids id --labels label\n  \
         driftsphere compare march.npz april.npz --ids id --labels label --json result.json\n  \
         driftsphere compare photos/march photos/april\n  \
         driftsphere profile --help\n"
    )
}

/// The folder that the demo works in: one that stays, or one that goes.
struct Folder {
    path: PathBuf,
    stays: bool,
    before: PathBuf,
}

impl Folder {
    /// Makes the folder and goes there, so that commands name files as a user
    /// would.
    fn enter(dir: Option<&Path>) -> Result<Self> {
        let path = match dir {
            Some(dir) => dir.to_owned(),
            None => std::env::temp_dir().join(format!("driftsphere-demo-{}", std::process::id())),
        };
        let made = match dir {
            Some(_) => std::fs::create_dir_all(&path),
            // Fails where something of this name is there: it is not ours.
            None => std::fs::create_dir(&path),
        };
        made.with_context(|| format!("cannot make the folder {}", path.display()))?;
        let folder = Self {
            before: std::env::current_dir()?,
            path,
            stays: dir.is_some(),
        };
        std::env::set_current_dir(&folder.path)
            .with_context(|| format!("cannot work in {}", folder.path.display()))?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be left or removed is only untidy: it lies where passing
        // files lie.
        let _ = std::env::set_current_dir(&self.before);
        if !self.stays {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
