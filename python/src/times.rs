//! Times of Python: `datetime64`, `datetime`, or milliseconds since 1970 UTC.

use crate::array::{as_array, kind};
use crate::column::vector;
use crate::error::{argument, raise};
use driftsphere::profile::WindowLength;
use pyo3::prelude::*;
use pyo3::types::PyDict;

const WHAT: &str = "times";
/// How NumPy stores a time that is not there.
const NOT_A_TIME: i64 = i64::MIN;

/// One time for each record, in milliseconds since 1970-01-01 UTC. Times without a
/// zone are UTC.
pub(crate) fn times(value: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
    let array = as_array(value, WHAT)?;
    let dimensions: usize = array.getattr("ndim")?.extract()?;
    if dimensions != 1 {
        let message = format!("one time for each record is needed, not {dimensions} dimensions");
        return Err(argument(message, "column", WHAT));
    }
    let times: Vec<i64> = match kind(&array)?.as_str() {
        "M" => vector(&array.call_method1("astype", ("datetime64[ms]",))?, "int64")?,
        "i" | "u" => vector(&array, "int64")?,
        "O" => datetimes(&array)?,
        _ => {
            let dtype = array.getattr("dtype")?.str()?;
            let message = format!(
                "times are datetime64, datetime objects or whole milliseconds since 1970 UTC, \
                 not {dtype}"
            );
            return Err(argument(message, "column", WHAT));
        }
    };
    match times.iter().position(|time| *time == NOT_A_TIME) {
        Some(row) => Err(argument(format!("row {row} has no time"), "column", WHAT)),
        None => Ok(times),
    }
}

/// Of objects of `datetime.datetime`, exactly: their difference from 1970, in whole
/// milliseconds, rounded down.
fn datetimes(array: &Bound<'_, PyAny>) -> PyResult<Vec<i64>> {
    let module = array.py().import("datetime")?;
    let (class, delta) = (module.getattr("datetime")?, module.getattr("timedelta")?);
    let utc = module.getattr("timezone")?.getattr("utc")?;
    let naive = class.call1((1970, 1, 1))?;
    let zone = PyDict::new(array.py());
    zone.set_item("tzinfo", &utc)?;
    let aware = naive.call_method("replace", (), Some(&zone))?;
    let millisecond = delta.call1((0, 0, 1000))?;
    let mut times = Vec::new();
    for (row, value) in array.try_iter()?.enumerate() {
        let value = value?;
        // `NaT` of pandas is one, too.
        if !value.is_instance(&class)? || value.ne(&value)? {
            let name = value.get_type().name()?;
            let message = format!("row {row} holds a {name}, which is no time");
            return Err(argument(message, "column", WHAT));
        }
        let epoch = match value.getattr("tzinfo")?.is_none() {
            true => &naive,
            false => &aware,
        };
        times.push(value.sub(epoch)?.floor_div(&millisecond)?.extract()?);
    }
    Ok(times)
}

/// The window of time that `time` lies in: its start and end. All are milliseconds since
/// 1970 UTC; a length is a whole number and `s`, `m`, `h`, `d` or `w`.
#[pyfunction]
pub(crate) fn window_of(length: &str, time: i64) -> PyResult<(i64, i64)> {
    let length: WindowLength = length.parse().map_err(raise)?;
    match length.start(time) {
        Some(start) => Ok((start, start + length.milliseconds())),
        None => Err(argument(
            "it lies outside of the years 1 to 9999",
            "time",
            &time.to_string(),
        )),
    }
}
