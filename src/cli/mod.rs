//! The command: what was typed -> library calls -> exit status.
//!
//! | file | holds |
//! | --- | --- |
//! | `args`, `input_args` | what was typed, exactly; no file is touched |
//! | `inputs` | which inputs are parts of one table, which are joined, what their columns are |
//! | `window` | the records of the inputs, fed to a profile as often as needed |
//! | `settings` | what a profile is asked to keep, from flags, a codebook or another profile |
//! | `profile`, `merge`, `fit`, `show`, `compare`, `check`, `demo` | what to run, one file for each subcommand |
//! | `pages` | completions and manual pages |
//! | `exit` | the exit status |
//! | `output`, `renderings`, `progress` | the two streams, and files that are written whole or not at all |
//! | `run` | dispatch, and errors for people |
//!
//! Nothing is learned or judged here: whatever the command can do, the library
//! can do too.

mod args;
mod check;
mod compare;
mod demo;
mod exit;
mod fit;
mod input_args;
mod inputs;
mod merge;
mod output;
mod pages;
mod profile;
mod progress;
mod renderings;
mod run;
mod seal;
mod settings;
mod show;
mod shrink;
mod window;

pub(crate) use run::run;
