//! `series`: windows in the order of time.

use crate::support::Bench;
use serde_json::Value;

/// The real series as CSV, a reference of the first thirty, and days.
fn bench() -> Bench {
    let bench = Bench::new();
    std::fs::write(
        bench.path("all.csv"),
        include_str!("../../examples/data/sixty_days.csv"),
    )
    .unwrap();
    let lines = include_str!("../../examples/data/sixty_days.csv").lines();
    let trusted = lines.filter(|line| line.starts_with("id") || *line < "d30");
    let trusted: Vec<&str> = trusted.collect();
    std::fs::write(bench.path("trusted.csv"), trusted.join("\n") + "\n").unwrap();
    let columns = "--ids id --labels label --time captured_at";
    bench.ok(&format!("profile trusted.csv {columns} -o ref.dsp"));
    bench.ok(&format!(
        "profile all.csv {columns} --like ref.dsp --window 1d -o days"
    ));
    bench
}

#[test]
fn a_folder_of_days_is_judged_and_ends_like_diff() {
    let bench = bench();
    let outcome = bench.run(
        "series ref.dsp days --json out.json --openmetrics out.prom --openmetrics-label camera=3",
    );
    assert_eq!(outcome.status, 1, "{}{}", outcome.out, outcome.err);
    assert!(outcome.out.starts_with("DRIFT: "), "{}", outcome.out);
    assert!(
        outcome.out.contains("season weekdays and weekends"),
        "{}",
        outcome.out
    );
    let json: Value = serde_json::from_slice(&bench.read("out.json")).unwrap();
    assert_eq!(
        (&json["exit_status"], &json["horizon"]),
        (&1.into(), &30.into())
    );
    let episodes = json["episodes"].as_array().unwrap();
    assert!(
        episodes
            .iter()
            .any(|e| e["family"] == "class mix" && e["alarm"] == 45),
        "{episodes:#?}"
    );
    let metrics = String::from_utf8(bench.read("out.prom")).unwrap();
    for line in [
        "driftsphere_series_windows{camera=\"3\",role=\"watched\"} 30.0",
        "driftsphere_series_windows{camera=\"3\",role=\"missing\"} 0.0",
        "driftsphere_series_episodes{camera=\"3\",family=\"class mix\"} 1.0",
        "# EOF",
    ] {
        assert!(metrics.lines().any(|has| has == line), "{line}: {metrics}");
    }
    // The days of the reference alone: nothing is watched.
    let mut line = "series ref.dsp --quiet".to_owned();
    for day in 3..13 {
        line += &format!(" days/2025-03-{day:02}.dsp");
    }
    let outcome = bench.run(&line);
    assert_eq!(outcome.status, 2);
    assert!(outcome.err.contains("NOT TESTED"), "{}", outcome.err);
}

#[test]
fn rules_about_a_series_gate() {
    let bench = bench();
    std::fs::write(
        bench.path("rules.toml"),
        "[[series]]\nmax_open = 0\n[[series]]\nfamily = \"outputs\"\nmax_episodes = 9\n",
    )
    .unwrap();
    let day = "check days/2025-05-01.dsp rules.toml --against ref.dsp";
    let alone = bench.run(day);
    assert_eq!(alone.status, 2);
    assert!(alone.err.contains("--windows WINDOW"), "{}", alone.err);
    let gate = bench.run(&format!("{day} --windows days --json out.json"));
    assert_eq!(gate.status, 1, "{}{}", gate.out, gate.err);
    let json: Value = serde_json::from_slice(&bench.read("out.json")).unwrap();
    let checks = json["rules"][0]["checks"].as_array().unwrap();
    let mix = checks
        .iter()
        .find(|check| check["subject"] == "class mix")
        .unwrap();
    assert_eq!(
        (&mix["outcome"], &mix["value"]),
        (&"failed".into(), &1.0.into())
    );
    assert_eq!(json["rules"][1]["outcome"], "passed");
}

/// Two machines saw every other record each, and one of them added its days twice.
#[test]
fn windows_come_out_of_a_store_that_two_machines_filled() {
    let bench = bench();
    let mut lines = include_str!("../../examples/data/sixty_days.csv").lines();
    let head = lines.next().unwrap();
    let lines: Vec<&str> = lines.collect();
    for machine in 0..2 {
        let own: Vec<&str> = lines.iter().skip(machine).step_by(2).copied().collect();
        let file = bench.path(&format!("{machine}.csv"));
        std::fs::write(file, format!("{head}\n{}\n", own.join("\n"))).unwrap();
        bench.ok(&format!(
            "profile {machine}.csv --ids id --labels label --time captured_at --like ref.dsp \
             --window 1d --tag machine={machine} -o new{machine}"
        ));
    }
    let refused = bench.run("store kept new0");
    assert_eq!(refused.status, 2);
    assert!(refused.err.contains("--window 1d"), "{}", refused.err);
    bench.ok("store kept new0 --window 1d");
    bench.ok("store kept new1 new0");
    assert_eq!(std::fs::read_dir(bench.path("kept")).unwrap().count(), 121);

    let of = |line: &str| -> Value {
        let outcome = bench.run(&format!("series ref.dsp {line} --quiet --json out.json"));
        assert!(outcome.status < 2, "{}", outcome.err);
        serde_json::from_slice(&bench.read("out.json")).unwrap()
    };
    let (files, store) = (of("days"), of("--store kept"));
    assert_eq!(files["signals"], store["signals"]);
    assert_eq!(files["episodes"], store["episodes"]);
    assert_eq!(store["windows"][59]["name"], "2025-05-01");

    let windows = |line: &str| of(line)["windows"].as_array().unwrap().clone();
    // The thirty days of the reference are there for the season, and twelve to be watched.
    let last = of("--store kept --last 12d");
    let roles = last["windows"].as_array().unwrap().iter();
    let count = |role: &str| {
        roles
            .clone()
            .filter(|window| window["role"] == role)
            .count()
    };
    assert_eq!(
        (count("history"), count("watched"), count("missing")),
        (30, 12, 0)
    );
    assert_eq!(last["season"], store["season"]);
    let half = windows("--store kept --tag machine=1");
    let records =
        |windows: &[Value]| -> u64 { windows.iter().map(|w| w["records"].as_u64().unwrap()).sum() };
    assert_eq!(records(&half) as usize, lines.len() / 2);
    let none = bench.run("series ref.dsp --store kept --tag machine=2");
    assert_eq!(none.status, 2);
    assert!(
        none.err.contains("no window that was asked for"),
        "{}",
        none.err
    );
}

#[test]
fn what_cannot_be_a_series_is_said() {
    let bench = bench();
    std::fs::create_dir(bench.path("empty")).unwrap();
    for (line, said) in [
        (
            "series ref.dsp empty",
            "there is no profile (.dsp) in the folder",
        ),
        (
            "series ref.dsp days/2025-04-10.dsp days/2025-04-10.dsp",
            "overlap in time",
        ),
        (
            "series ref.dsp days --alpha 2",
            "alpha lies between 0 and 1",
        ),
        ("series ref.dsp trusted.csv", "trusted.csv"),
        (
            "series ref.dsp days --openmetrics x.prom --openmetrics-label camera",
            "write KEY=VALUE",
        ),
        (
            "series ref.dsp days --openmetrics x.prom --openmetrics-label family=3",
            "`family` is a label that samples have already",
        ),
    ] {
        let outcome = bench.run(line);
        assert_eq!(outcome.status, 2, "{line}");
        assert!(outcome.err.contains(said), "{line}: {}", outcome.err);
    }
}
