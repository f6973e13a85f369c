//! The command: what was typed -> library calls -> exit status (feature `cli`).
//!
//! [`run`] is all of it for a program: `src/main.rs` calls it, and so does Python's
//! `python -m driftsphere`.
//!
//! | file | holds |
//! | --- | --- |
//! | `args`, `input_args`, `*_args` | what was typed, exactly; no file is touched |
//! | `inputs` | which inputs are parts of one table, which are joined, what their columns are |
//! | `pictures` | which inputs are pictures, and how these are read and measured |
//! | `outputs` | inputs that are the outputs of a model, and their records |
//! | `window` | the records of the inputs, fed to a profile as often as needed |
//! | `settings`, `centres` | what a profile is asked to keep, from flags, a codebook, a file of centres or another profile |
//! | `learn`, `doubts` | the passes over a window; what of it was perhaps meant otherwise |
//! | `stored` | a profile, a set of them or one of a set, by the name of a file |
//! | `profile`, `merge`, `fit`, `show`, `compare`, `stability`, `series`, `store`, `score`, `check`, `demo` | what to run, one file for each subcommand |
//! | `compare_set`, `window_files`, `series_windows`, `score_*` | sets compared, windows as files, into and out of folders, scores as rows of CSV and Parquet |
//! | `demo_photos` | the pictures of the demo |
//! | `pages` | completions and manual pages |
//! | `exit` | the exit status |
//! | `result_args`, `renderings` | where a result goes, and how much of it |
//! | `output`, `progress` | the two streams, and files that are written whole or not at all |
//! | `run` | dispatch, and errors for people |
//!
//! Nothing is learned or judged here: whatever the command can do, the library
//! can do too.

mod args;
mod centres;
mod check;
mod check_args;
mod compare;
mod compare_args;
mod compare_set;
mod demo;
mod demo_detections;
mod demo_photos;
mod demo_runs;
mod demo_series;
mod doubts;
mod exit;
mod fit;
mod input_args;
mod inputs;
mod learn;
mod merge;
mod openmetrics_args;
mod output;
mod outputs;
mod pages;
mod picture_boxes;
mod picture_roots;
mod pictures;
mod profile;
mod profile_args;
mod progress;
mod renderings;
mod result_args;
mod run;
mod score;
mod score_args;
mod score_csv;
#[cfg(feature = "parquet")]
mod score_parquet;
mod score_row;
mod seal;
mod series;
mod series_args;
mod series_windows;
mod settings;
mod show;
mod shrink;
mod stability;
mod stability_args;
mod store;
mod store_args;
mod stored;
mod window;
mod window_files;

pub use run::run;
