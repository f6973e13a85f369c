//! `driftsphere check`: a profile against rules, or a first set of rules.

use super::check_args::CheckArgs;
use super::exit::ExitStatus;
use super::output;
use super::renderings::Renderings;
use super::stored::{self, read_profile};
use anyhow::{Context, Result, bail};
use driftsphere::check::{Evidence, Outcome, Rules, check, starter};
use driftsphere::compare::{CompareOptions, compare};
use driftsphere::report::{
    CheckNames, check_headline, check_json, check_markdown, check_page, html,
};
use driftsphere::{Error, ErrorKind};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes of a rules file that are read: one more than is accepted, so that a
/// longer file is noticed and an endless one ends.
const READ: u64 = (1 << 20) + 1;

pub(super) fn run(args: &CheckArgs) -> Result<ExitStatus> {
    match (&args.init, &args.profile, &args.rules) {
        (Some(reference), ..) => init(reference, args.output.as_deref()),
        (None, Some(profile), Some(rules)) => judge(args, profile, rules),
        // Refused when the line was read.
        _ => bail!("a profile and rules are needed"),
    }
}

fn init(reference: &Path, file: Option<&Path>) -> Result<ExitStatus> {
    if let Some(file) = file {
        output::check_output(file, &[])?;
        if file.exists() {
            bail!(
                "{} is there already; rules changed by hand are not written over",
                file.display()
            );
        }
    }
    let text = starter(&read_profile(reference)?, true);
    match file {
        Some(file) => output::write_file(file, text.as_bytes())?,
        None => output::print(&text)?,
    }
    Ok(ExitStatus::Success)
}

fn judge(args: &CheckArgs, profile_file: &Path, rules_file: &Path) -> Result<ExitStatus> {
    let against = args.against.as_deref();
    let mut inputs = vec![stored::file(profile_file), rules_file.to_path_buf()];
    inputs.extend(against.map(stored::file));
    let outputs = Renderings::new(&args.result, &inputs)?;
    let rules = read_rules(rules_file).context("rules")?;
    if let (Some(line), None) = (rules.needs_reference(), against) {
        bail!(
            "the rule at line {line} of {} is about a comparison, which needs --against REF.dsp",
            rules_file.display()
        );
    }
    let profile = read_profile(profile_file).context("profile")?;
    let comparison = match against.filter(|_| rules.needs_reference().is_some()) {
        Some(file) => {
            let reference = read_profile(file).context("reference")?;
            let names = (
                file.display().to_string(),
                profile_file.display().to_string(),
            );
            let options = CompareOptions {
                alpha: rules.alpha(),
                names,
                ..CompareOptions::default()
            };
            Some(compare(&reference, &profile, &options)?)
        }
        None => None,
    };
    let evidence = Evidence::of(&profile);
    let evidence = comparison
        .as_ref()
        .map_or(evidence, |comparison| evidence.with_comparison(comparison));
    let checked = check(&rules, &evidence);
    let status = match checked.outcome {
        Outcome::Passed => ExitStatus::Success,
        Outcome::Failed => ExitStatus::Drift,
        Outcome::NotApplicable => ExitStatus::Trouble,
    };

    let (profile_name, rules_name) = (profile_file.display(), rules_file.display());
    let names = CheckNames {
        profile: &profile_name.to_string(),
        rules: &rules_name.to_string(),
        reference: comparison.as_ref().map(|c| c.reference.name.as_str()),
    };
    outputs.write(
        || check_json::to_text(&checked, &names, status.code()),
        |verbose| check_markdown(&checked, &names, verbose),
        || html::checked(&checked, &names),
        |options| check_page(&checked, &names, options),
    )?;
    // Silence would read as `passed`.
    if status == ExitStatus::Trouble && outputs.are_silent() {
        output::say(&check_headline(&checked));
    }
    Ok(status)
}

fn read_rules(path: &Path) -> driftsphere::Result<Rules> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(READ).read_to_end(&mut bytes))
        .map_err(|error| Error::io(error, path))?;
    let text =
        String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Input, "rules are UTF-8 text"));
    text.and_then(|text| Rules::parse(&text))
        .map_err(|error| error.at("file", path.display()))
}
