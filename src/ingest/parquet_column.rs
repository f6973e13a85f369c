//! Decoded Parquet columns -> values and embeddings.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

use super::column::{Cell, Column};
use super::record::Value;
use super::stream::{NO_VECTOR, NOT_NUMBERS, OTHER_LENGTH, Vectors};
use crate::error::{Error, ErrorKind, Result};

const DAY_MS: i64 = 86_400_000;

/// Whether [`column`] knows the type.
pub(crate) fn is_scalar(data_type: &DataType) -> bool {
    use DataType::{Boolean, Date32, Date64, Null, Timestamp, Utf8};
    match data_type {
        Boolean | Utf8 | Date32 | Date64 | Timestamp(_, _) | Null => true,
        DataType::Decimal32(..) | DataType::Decimal64(..) => false,
        DataType::Decimal128(..) | DataType::Decimal256(..) => false,
        other => other.is_numeric(),
    }
}

/// The values of a column. Times and dates become milliseconds since 1970-01-01
/// UTC, rounded down.
pub(crate) fn column(array: &ArrayRef) -> Result<Column> {
    Ok(match array.data_type() {
        DataType::Null => Column::Mixed(vec![Cell::Null; array.len()]),
        DataType::Boolean => match array.null_count() {
            0 => Column::Bool(array.as_boolean().values().iter().collect()),
            _ => gaps(array.as_boolean().iter(), Cell::Bool),
        },
        // A null text and an empty one are the same.
        DataType::Utf8 => Column::Text(
            array
                .as_string::<i32>()
                .iter()
                .map(|text| text.unwrap_or_default().to_owned())
                .collect(),
        ),
        DataType::Int8 => ints::<Int8Type>(array, i64::from),
        DataType::Int16 => ints::<Int16Type>(array, i64::from),
        DataType::Int32 => ints::<Int32Type>(array, i64::from),
        DataType::Int64 => ints::<Int64Type>(array, |v| v),
        DataType::UInt8 => ints::<UInt8Type>(array, i64::from),
        DataType::UInt16 => ints::<UInt16Type>(array, i64::from),
        DataType::UInt32 => ints::<UInt32Type>(array, i64::from),
        DataType::UInt64 => gaps(array.as_primitive::<UInt64Type>().iter(), |v| {
            i64::try_from(v).map_or(Cell::Float(v as f64), Cell::Int)
        }),
        DataType::Float16 => floats::<Float16Type>(array, f64::from),
        DataType::Float32 => floats::<Float32Type>(array, f64::from),
        DataType::Float64 => floats::<Float64Type>(array, |v| v),
        DataType::Date32 => ints::<Date32Type>(array, |days| i64::from(days) * DAY_MS),
        DataType::Date64 => ints::<Date64Type>(array, |ms| ms),
        DataType::Timestamp(TimeUnit::Second, _) => {
            ints::<TimestampSecondType>(array, |s| s.saturating_mul(1000))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            ints::<TimestampMillisecondType>(array, |ms| ms)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            ints::<TimestampMicrosecondType>(array, |us| us.div_euclid(1000))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            ints::<TimestampNanosecondType>(array, |ns| ns.div_euclid(1_000_000))
        }
        other => {
            return Err(Error::new(
                ErrorKind::Input,
                format!("a column of the type {other} is not read"),
            ));
        }
    })
}

fn ints<T: ArrowPrimitiveType>(array: &ArrayRef, value: impl Fn(T::Native) -> i64) -> Column {
    let array = array.as_primitive::<T>();
    match array.null_count() {
        0 => Column::Int(array.values().iter().map(|&v| value(v)).collect()),
        _ => gaps(array.iter(), |v| Cell::Int(value(v))),
    }
}

fn floats<T: ArrowPrimitiveType>(array: &ArrayRef, value: impl Fn(T::Native) -> f64) -> Column {
    let array = array.as_primitive::<T>();
    match array.null_count() {
        0 => Column::Float(array.values().iter().map(|&v| value(v)).collect()),
        _ => gaps(array.iter(), |v| Cell::Float(value(v))),
    }
}

fn gaps<T>(values: impl Iterator<Item = Option<T>>, cell: impl Fn(T) -> Cell) -> Column {
    Column::Mixed(values.map(|v| v.map_or(Cell::Null, &cell)).collect())
}

/// Appends one embedding for each list of the array.
pub(crate) fn vectors(array: &ArrayRef, max_list: usize, out: &mut Vectors) -> Result<()> {
    let lists = array.as_list::<i32>();
    let offsets = lists.value_offsets();
    let (start, end) = (offsets[0] as usize, offsets[offsets.len() - 1] as usize);
    let items = lists.values().slice(start, end - start);
    let numbers = numbers(&items)?;
    for row in 0..lists.len() {
        let (from, to) = (
            offsets[row] as usize - start,
            offsets[row + 1] as usize - start,
        );
        let has_gaps = || items.null_count() > 0 && (from..to).any(|at| items.is_null(at));
        if lists.is_null(row) {
            out.push_bad(NO_VECTOR);
        } else if to - from > max_list {
            out.push_bad(OTHER_LENGTH);
        } else if has_gaps() {
            out.push_bad(NOT_NUMBERS);
        } else {
            out.push(&numbers[from..to]);
        }
    }
    Ok(())
}

/// Numbers as `f32`, rounded to nearest.
fn numbers(array: &ArrayRef) -> Result<Vec<f32>> {
    // The usual case needs no detour over f64.
    if *array.data_type() == DataType::Float32 {
        return Ok(array.as_primitive::<Float32Type>().values().to_vec());
    }
    Ok(match column(array)? {
        Column::Float(values) => values.into_iter().map(|v| v as f32).collect(),
        Column::Int(values) => values.into_iter().map(|v| v as f32).collect(),
        other => (0..other.len())
            .map(|row| match other.value(row) {
                Value::Int(v) => v as f32,
                Value::Float(v) => v as f32,
                _ => f32::NAN,
            })
            .collect(),
    })
}
