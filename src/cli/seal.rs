//! `driftsphere seal`: a profile -> one without anything of single records.

use super::args::SealArgs;
use super::exit::ExitStatus;
use super::output;
use anyhow::Result;
use driftsphere::profile::Profile;
use driftsphere::report::profile_line;

pub(super) fn run(args: &SealArgs) -> Result<ExitStatus> {
    // Sealing cannot be undone: it is never done in place.
    output::check_output(&args.output, std::slice::from_ref(&args.profile))?;
    let sealed = Profile::read(&args.profile)?.seal()?;
    sealed.write(&args.output)?;
    let name = args.output.display().to_string();
    output::print(&format!("{}\n", profile_line(&sealed, &name)))?;
    Ok(ExitStatus::Success)
}
