//! `driftsphere fit`: a profile -> centres to measure further profiles against.

use super::args::FitArgs;
use super::exit::ExitStatus;
use super::output;
use anyhow::Result;
use driftsphere::profile::{FitOptions, Profile, fit};
use driftsphere::report::escape;
use std::fmt::Write as _;

pub(super) fn run(args: &FitArgs) -> Result<ExitStatus> {
    output::check_output(&args.output, std::slice::from_ref(&args.profile))?;
    let profile = Profile::read(&args.profile)?;
    let options = FitOptions {
        clusters: args.clusters,
        // One seed for the samples and the clustering, as `profile --fit` has:
        // whoever uses the codebook then finds its members by their hashes.
        seed: profile.config().seed,
    };
    let books = fit(&profile, options)?;
    books.write(&args.output)?;
    let mut text = String::new();
    for (space, book) in &books.0 {
        let _ = writeln!(
            text,
            "{}: {} classes and {} clusters of space {}, codebook {:032x}",
            escape(&args.output.display().to_string()),
            book.classes().len(),
            book.clusters().len(),
            escape(space),
            book.content_hash()
        );
    }
    output::print(&text)?;
    Ok(ExitStatus::Success)
}
