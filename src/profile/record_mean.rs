//! What the objects of one record are in one number: how many, and the mean of a few numbers,
//! whatever their order.

use crate::ingest::Objects;

/// Bits of a float beside those of its exponent and sign, and the one that is not written.
const MANTISSA: u32 = 52;
/// So many values, ...
const MOST: usize = 1 << 10;
/// ... the largest less than 2^63 times the smallest, add up to less than 2^(10 + 63 + 53).
const SPAN: u64 = 63;

/// What a sample keeps of the objects of a record: how many there are, `box count`, and of each number
/// that they have the mean, `box score`.
pub(super) fn object_numbers(kind: &str, objects: &Objects, record: usize) -> Vec<(String, f64)> {
    let own = objects.range(record);
    let mut numbers = vec![(format!("{kind} count"), own.len() as f64)];
    let mut room = Vec::new();
    for (name, values) in objects.features() {
        if let Some(mean) = mean(&values[own.clone()], &mut room) {
            numbers.push((format!("{kind} {name}"), mean));
        }
    }
    numbers
}

/// The mean of the numbers of one record's objects; NaN is none. `None` where there is no number,
/// or where it is not finite.
///
/// The order in which objects stand in their record must not show in a sum's last digit: the sum is
/// exact and rounded once, or, of numbers that lie too far apart for that, added in the order of
/// their values. `sorted` is room for them.
pub(super) fn mean(values: &[f64], sorted: &mut Vec<f64>) -> Option<f64> {
    let present = || values.iter().copied().filter(|value| !value.is_nan());
    let sum = match values {
        [value] => Some(*value).filter(|v| !v.is_nan())?,
        _ => match exact_sum(values) {
            Some(sum) => sum,
            None => {
                sorted.clear();
                sorted.extend(present());
                sorted.sort_unstable_by(f64::total_cmp);
                sorted.iter().sum()
            }
        },
    };
    Some(sum / present().count() as f64).filter(|mean| mean.is_finite())
}

/// The sum of the numbers as a whole number of units of the smallest one's last digit.
///
/// ```text
/// value = +- m 2^(e - 1075)      sum = 2^(low - 1075) * sum_i +- m_i 2^(e_i - low)
/// ```
fn exact_sum(values: &[f64]) -> Option<f64> {
    let (mut low, mut high) = (u64::MAX, 0);
    for value in values.iter().filter(|v| !v.is_nan() && **v != 0.0) {
        let exponent = (value.abs().to_bits()) >> MANTISSA;
        (low, high) = (low.min(exponent), high.max(exponent));
    }
    if high == 0 && low == u64::MAX {
        return Some(0.0);
    }
    // A unit that is a normal float itself; nothing infinite.
    let fits = low > u64::from(MANTISSA) && high < 0x7ff && high - low <= SPAN;
    if !fits || values.len() > MOST {
        return None;
    }
    let mut sum = 0_i128;
    for value in values.iter().filter(|v| !v.is_nan() && **v != 0.0) {
        let bits = value.abs().to_bits();
        let digits = bits & ((1 << MANTISSA) - 1) | 1 << MANTISSA;
        let whole = i128::from(digits) << ((bits >> MANTISSA) - low);
        sum += if value.is_sign_negative() {
            -whole
        } else {
            whole
        };
    }
    Some(sum as f64 * f64::from_bits((low - u64::from(MANTISSA)) << MANTISSA))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::hash_bytes;

    fn random(stream: u64, i: usize) -> f64 {
        let share = (hash_bytes(stream, &i.to_le_bytes()) >> 11) as f64 / (1_u64 << 53) as f64;
        (share - 0.3) * 10_f64.powi((i % 9) as i32 - 4)
    }

    #[test]
    fn the_order_of_numbers_does_not_show() {
        for n in 2..200 {
            let mut values: Vec<f64> = (0..n).map(|i| random(n as u64, i)).collect();
            values[n / 2] = f64::NAN;
            let room = &mut Vec::new();
            let forward = mean(&values, room);
            values.reverse();
            assert_eq!(mean(&values, room), forward);
            let present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
            let size: f64 = present.iter().map(|v| v.abs()).sum();
            let plain = present.iter().sum::<f64>() / present.len() as f64;
            assert!((forward.unwrap() - plain).abs() <= 1e-15 * size);
        }
    }

    #[test]
    fn sums_are_rounded_once() {
        let room = &mut Vec::new();
        assert_eq!(mean(&[1e16, 1.0, -1e16, 1.0], room), Some(0.5));
        assert_eq!(mean(&[0.1, 0.2, 0.3, -0.6], room), Some(2_f64.powi(-57)));
        assert_eq!(mean(&[0.0, -0.0], room), Some(0.0));
        assert_eq!(mean(&[3.0, 0.0, f64::NAN], room), Some(1.5));
    }

    #[test]
    fn numbers_far_apart_and_none_at_all() {
        let room = &mut Vec::new();
        for values in [[1e300, 1.0, -1e300], [1e-310, 2.0, 1e-320], [f64::MAX; 3]] {
            let mut back = values;
            back.reverse();
            assert_eq!(mean(&values, room), mean(&back, room));
        }
        assert_eq!(mean(&[f64::MAX, f64::MAX], room), None);
        assert_eq!(mean(&[f64::INFINITY, 1.0], room), None);
        assert_eq!(mean(&[f64::INFINITY], room), None);
        assert_eq!(mean(&[f64::NAN, f64::NAN], room), None);
        assert_eq!(mean(&[], room), None);
        assert_eq!(mean(&[7.0], room), Some(7.0));
    }
}
