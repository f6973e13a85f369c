//! The peak of memory while five million boxes are profiled, which are made as they are
//! read: nothing holds them all.
//!
//! usage: cargo run --release --example outputs_memory

use std::io::Read;

use driftsphere::Result;
use driftsphere::ingest::{Batch, Column, ImageList, OutputsScan};
use driftsphere::measure::outputs::measure;
use driftsphere::profile::{Profile, ProfileBuilder, ProfileConfig};

/// Results of so many boxes, seven an image, written as they are read.
struct Detector {
    boxes: u64,
    next: u64,
    text: Vec<u8>,
    used: usize,
}

impl Detector {
    fn write_some(&mut self) {
        self.text.clear();
        self.used = 0;
        while self.text.len() < 1 << 16 && self.next <= self.boxes {
            let i = self.next;
            self.next += 1;
            if i == self.boxes {
                self.text.push(b']');
                break;
            }
            let start = if i == 0 { '[' } else { ',' };
            // Weyl sequences: even, and the same in every run.
            let part = |step: f64| (i as f64 * step).fract();
            self.text.extend_from_slice(
                format!(
                    "{start}{{\"image_id\":{},\"category_id\":{},\"bbox\":[{:.2},{:.2},{:.2},{:.2}],\"score\":{:.4}}}",
                    i / 7,
                    i % 80,
                    500.0 * part(0.618_033_988_7),
                    400.0 * part(0.414_213_562_3),
                    1.0 + 140.0 * part(0.732_050_807_5),
                    1.0 + 80.0 * part(0.236_067_977_5),
                    part(0.302_775_637_7),
                )
                .as_bytes(),
            );
        }
    }
}

impl Read for Detector {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.used == self.text.len() {
            self.write_some();
        }
        let mut rest = &self.text[self.used..];
        let read = rest.read(out)?;
        self.used += read;
        Ok(read)
    }
}

/// Profiles so many boxes.
pub(crate) fn run(boxes: u64) -> Result<Profile> {
    let detector = Detector {
        boxes,
        next: 0,
        text: Vec::new(),
        used: 0,
    };
    let mut scan = OutputsScan::coco(detector, &ImageList::default())?;
    let mut builder = ProfileBuilder::new(ProfileConfig::new())?;
    while let Some(found) = scan.next_block(1 << 13)? {
        let names = found
            .images
            .iter()
            .map(|image| image.name.clone())
            .collect();
        let mut batch = Batch::new(found.images.len()).ids(Column::Text(names));
        for (kind, objects) in measure(&found)? {
            batch = batch.objects(kind, objects);
        }
        builder.track_batch(&batch)?;
    }
    Ok(builder.freeze())
}

/// The peak of this process, where the system tells it.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn main() -> Result<()> {
    let profile = run(5_000_000)?;
    let table = &profile.objects()["box"];
    println!(
        "{} boxes of {} images, profile of {} bytes",
        table.all().objects(),
        table.records(),
        profile.to_bytes().len()
    );
    if let Some(peak) = peak_kilobytes() {
        println!("peak of memory: {} MiB", peak / 1024);
    }
    Ok(())
}
