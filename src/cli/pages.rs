//! `driftsphere completions` and `driftsphere man`: what shells and `man` know of
//! the command, written from its own definition.

use super::args::{Cli, CompletionsArgs, ManArgs};
use super::exit::ExitStatus;
use super::output;
use anyhow::{Context, Result, bail};
use clap::CommandFactory;
use std::path::Path;

const NAME: &str = "driftsphere";

pub(super) fn completions(args: &CompletionsArgs) -> Result<ExitStatus> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    let script = String::from_utf8(script).context("completions are text")?;
    output::print(&script)?;
    Ok(ExitStatus::Success)
}

/// One page on standard output, or one for each command in a folder.
pub(super) fn man(args: &ManArgs) -> Result<ExitStatus> {
    let mut command = Cli::command();
    let Some(folder) = &args.output else {
        output::print(&page(command)?)?;
        return Ok(ExitStatus::Success);
    };
    if !folder.is_dir() {
        bail!("there is no folder {}", folder.display());
    }
    // Fills in what subcommands inherit, and that they are called driftsphere-....
    command.build();
    for one in command.get_subcommands().filter(|c| c.get_name() != "help") {
        let name = format!("{NAME}-{}", one.get_name());
        write(folder, &name, &page(one.clone())?)?;
    }
    write(folder, NAME, &page(command)?)?;
    Ok(ExitStatus::Success)
}

fn page(command: clap::Command) -> Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    String::from_utf8(page).context("a manual page is text")
}

fn write(folder: &Path, name: &str, page: &str) -> Result<()> {
    output::write_file(&folder.join(format!("{name}.1")), page.as_bytes())
}
