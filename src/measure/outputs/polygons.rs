//! Polygons as pixels, by the rule of the COCO API.

use std::ops::Range;

/// Steps by which lines of rings are followed, in parts of a pixel.
const SCALE: i64 = 5;

/// Most steps along the rings of a mask: lines of 800 000 pixels.
const MAX_STEPS: usize = 1 << 22;

/// The farthest coordinate of a ring, in pixels.
pub(super) const FAR: f64 = 65_536.0;

pub(super) const TOO_FAR: &str = "mask of rings with a corner beyond 65 536 pixels";
const TOO_LONG: &str = "mask of rings of over 800 000 pixels of length";

/// What lies in any of the rings: spans of pixels counted down the columns, which rise and do not
/// touch.
pub(super) fn spans(
    rings: &[Vec<f64>],
    width: usize,
    height: usize,
) -> Result<Vec<Range<usize>>, &'static str> {
    let mut left = MAX_STEPS;
    let mut spans = Vec::new();
    for ring in rings {
        let mut turns = turns(ring, width, height, &mut left)?;
        turns.sort_unstable();
        let own = turns.chunks(2);
        spans.extend(own.map(|turn| turn[0]..*turn.get(1).unwrap_or(&(width * height))));
    }
    spans.sort_unstable_by_key(|span| span.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for span in spans.into_iter().filter(|span| !span.is_empty()) {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    Ok(joined)
}

/// Where a ring goes in and out, as places counted down the columns; `left` is how many steps are
/// still allowed.
///
/// The ring is followed on a grid of fifths of a pixel, its corners rounded to it. Where it passes
/// the middle of a column, the inside begins or ends, at the first row whose middle does not lie
/// above.
///
/// Source: the COCO API, `rleFrPoly` in `maskApi.c`.
fn turns(
    ring: &[f64],
    width: usize,
    height: usize,
    left: &mut usize,
) -> Result<Vec<usize>, &'static str> {
    if ring.iter().any(|v| v.abs() > FAR) {
        return Err(TOO_FAR);
    }
    let (corners, _) = ring.as_chunks::<2>();
    // Cut, not rounded down, below zero: as there.
    let on_grid = |corner: &[f64; 2]| corner.map(|v| (SCALE as f64 * v + 0.5) as i64);
    let next = corners.iter().cycle().skip(1);
    let mut turns = Vec::new();
    for (from, to) in corners.iter().map(on_grid).zip(next.map(on_grid)) {
        let steps = from[0].abs_diff(to[0]).max(from[1].abs_diff(to[1])) as usize;
        *left = left.checked_sub(steps + 1).ok_or(TOO_LONG)?;
        let mut points = line(from, to);
        let mut before = points.next().unwrap_or(from);
        for point in points {
            let (x, y) = (before[0].min(point[0]) - SCALE / 2, before[1].min(point[1]));
            let column = x.div_euclid(SCALE);
            let is_middle = x.rem_euclid(SCALE) == 0 && (0..width as i64).contains(&column);
            if before[0] != point[0] && is_middle {
                let row = (y + SCALE / 2).div_euclid(SCALE).clamp(0, height as i64);
                turns.push(column as usize * height + row as usize);
            }
            before = point;
        }
    }
    Ok(turns)
}

/// The points of the grid on a line, one by one along its longer axis, on which it is computed from the
/// lower end, so that it is the same line in both directions.
fn line(from: [i64; 2], to: [i64; 2]) -> impl Iterator<Item = [i64; 2]> {
    let lengths = [0, 1].map(|axis| from[axis].abs_diff(to[axis]) as i64);
    let long = usize::from(lengths[0] < lengths[1]);
    let length = lengths[long];
    let is_back = from[long] > to[long];
    let (start, end) = if is_back { (to, from) } else { (from, to) };
    let slope = (end[1 - long] - start[1 - long]) as f64 / length as f64;
    (0..=length).map(move |step| {
        let at = if is_back { length - step } else { step };
        let mut point = start;
        point[long] += at;
        point[1 - long] = (start[1 - long] as f64 + slope * at as f64 + 0.5) as i64;
        point
    })
}
