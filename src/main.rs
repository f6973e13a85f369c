//! The `driftsphere` command; everything it does is in the library's `cli`.

fn main() -> std::process::ExitCode {
    driftsphere::cli::run(std::env::args_os()).into()
}
