//! `driftsphere fit`: a profile -> centres to measure further profiles against.

use super::args::FitArgs;
use super::exit::ExitStatus;
use super::output;
use super::stored::{self, read_profile};
use anyhow::Result;
use driftsphere::profile::{FitOptions, fit};
use driftsphere::report::escape;
use driftsphere::sphere::{ClusterMethod, Codebook};
use std::fmt::Write as _;

/// Says so where fewer clusters were fitted than asked for. How many DBSCAN finds is
/// its answer.
pub(super) fn tell_fewer(space: &str, book: &Codebook, method: ClusterMethod, wanted: usize) {
    let fitted = book.clusters().len();
    if fitted < wanted && method != ClusterMethod::Dbscan {
        output::note(&format!(
            "only {fitted} of {wanted} clusters could be fitted in space {space}: \
             the sample has {} rows, and each cluster needs a row unlike the others",
            book.provenance().sampled
        ));
    }
}

pub(super) fn run(args: &FitArgs) -> Result<ExitStatus> {
    output::check_output(&args.output, &[stored::file(&args.profile)])?;
    let profile = read_profile(&args.profile)?;
    let options = FitOptions {
        clusters: args.clusters,
        method: args.centres,
        // One seed for the samples and the clustering, as `profile --fit` has:
        // whoever uses the codebook then finds its members by their hashes.
        seed: profile.config().seed,
    };
    let books = fit(&profile, options)?;
    books.write(&args.output)?;
    let mut text = String::new();
    for (space, book) in &books.books {
        tell_fewer(space, book, args.centres, args.clusters);
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
