//! From the command line to a command, and from an error to a line for people.

use super::args::{Cli, Command};
use super::exit::ExitStatus;
use super::{
    check, compare, demo, fit, merge, output, pages, profile, score, seal, series, show, shrink,
    stability, store,
};
use clap::Parser;
use driftsphere::report::escape;
use std::ffi::OsString;

/// Runs the command with the arguments that were typed, the name of the program first;
/// returns the exit status: 0 done or no drift, 1 drift, 2 trouble.
///
/// What it has to say goes to standard output, what went wrong to standard error. It never
/// ends the process.
///
/// ```
/// assert_eq!(driftsphere::cli::run(["driftsphere", "--version"]), 0);
/// assert_eq!(driftsphere::cli::run(["driftsphere", "show", "no-such.dsp"]), 2);
/// ```
pub fn run(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output with status 0, wrong usage
            // to standard error with status 2; a closed pipe is no trouble.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    match dispatch(cli.command) {
        Ok(status) => status.code(),
        Err(error) => {
            output::say(&format!("driftsphere: {}", escape(&message(&error))));
            ExitStatus::Trouble.code()
        }
    }
}

pub(super) fn dispatch(command: Command) -> anyhow::Result<ExitStatus> {
    match command {
        Command::Profile(args) => profile::run(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Seal(args) => seal::run(&args),
        Command::Shrink(args) => shrink::run(&args),
        Command::Fit(args) => fit::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Stability(args) => stability::run(&args),
        Command::Series(args) => series::run(&args),
        Command::Store(args) => store::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Completions(args) => pages::completions(&args),
        Command::Man(args) => pages::man(&args),
    }
}

/// The chain of causes in one line. It ends with the library's own error, whose
/// text contains what the operating system said.
fn message(error: &anyhow::Error) -> String {
    let mut texts = Vec::new();
    for cause in error.chain() {
        texts.push(cause.to_string());
        if cause.is::<driftsphere::Error>() {
            break;
        }
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;
    use std::path::Path;

    #[test]
    fn causes_are_told_once() {
        let io = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        let error = driftsphere::Error::io(io, Path::new("a.npy"));
        let error = Err::<(), _>(error).context("reference").unwrap_err();
        assert_eq!(message(&error), "reference: no such file (file a.npy)");
    }
}
