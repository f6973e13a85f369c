//! `driftsphere demo`.

use super::args::DemoArgs;
use super::exit::ExitStatus;
use anyhow::Result;

pub(super) fn run(_args: &DemoArgs) -> Result<ExitStatus> {
    Ok(ExitStatus::Success)
}
