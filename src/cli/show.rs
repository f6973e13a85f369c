//! `driftsphere show`: what a profile, or a set of them, contains.

use super::args::ShowArgs;
use super::exit::ExitStatus;
use super::output;
use super::stored::{self, Stored};
use anyhow::Result;
use driftsphere::report::{html, profile_json, profile_page, set_json, set_page};

pub(super) fn run(args: &ShowArgs) -> Result<ExitStatus> {
    let name = args.profile.display().to_string();
    if let Some(path) = &args.html {
        output::check_output(path, &[stored::file(&args.profile)])?;
        let page = match Stored::read(&args.profile)? {
            Stored::Profile(profile) => html::profile(&profile, &name),
            Stored::Set(set) => html::profile_set(&set, &name),
        };
        output::write_file(path, page.as_bytes())?;
        return Ok(ExitStatus::Success);
    }
    output::print(&match (Stored::read(&args.profile)?, args.json) {
        (Stored::Profile(profile), true) => profile_json::to_text(&profile, &name),
        (Stored::Profile(profile), false) => profile_page(&profile, &name, &output::page(true)),
        (Stored::Set(set), true) => set_json::to_text(&set, &name),
        (Stored::Set(set), false) => set_page(&set, &name, &output::page(true)),
    })?;
    Ok(ExitStatus::Success)
}
