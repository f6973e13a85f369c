//! `driftsphere shrink`: a profile -> the same with smaller samples.

use super::args::ShrinkArgs;
use super::exit::ExitStatus;
use super::output;
use anyhow::Result;
use driftsphere::profile::Profile;
use driftsphere::report::profile_line;

pub(super) fn run(args: &ShrinkArgs) -> Result<ExitStatus> {
    // The output may be the input: it is read before it is written.
    output::check_output(&args.output, &[])?;
    let profile = Profile::read(&args.profile)?;
    let rows = args.sample.unwrap_or(usize::MAX);
    let shrunk = profile.shrink(rows, args.sample_bytes)?;
    shrunk.write(&args.output)?;
    let name = args.output.display().to_string();
    output::print(&format!("{}\n", profile_line(&shrunk, &name)))?;
    Ok(ExitStatus::Success)
}
