//! Values of unknown type, one after the other, into a column.

use super::column::{Cell, Column};

/// A column that is filled value by value: of one type as long as all values
/// are, so that a column of plain numbers costs what plain numbers cost.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    column: Option<Column>,
}

impl Cells {
    pub(crate) fn len(&self) -> usize {
        self.column.as_ref().map_or(0, Column::len)
    }

    pub(crate) fn push(&mut self, cell: Cell) {
        let column = self.column.get_or_insert_with(|| match &cell {
            Cell::Int(_) => Column::Int(Vec::new()),
            Cell::Float(_) => Column::Float(Vec::new()),
            Cell::Bool(_) => Column::Bool(Vec::new()),
            Cell::Text(_) => Column::Text(Vec::new()),
            Cell::Null | Cell::Absent => Column::Mixed(Vec::new()),
        });
        match (&mut *column, cell) {
            (Column::Int(out), Cell::Int(v)) => out.push(v),
            (Column::Float(out), Cell::Float(v)) => out.push(v),
            (Column::Bool(out), Cell::Bool(v)) => out.push(v),
            (Column::Text(out), Cell::Text(v)) => out.push(v),
            (Column::Mixed(out), cell) => out.push(cell),
            (_, cell) => {
                let mut cells = into_cells(std::mem::replace(column, Column::Mixed(Vec::new())));
                cells.push(cell);
                *column = Column::Mixed(cells);
            }
        }
    }

    /// So many rows of which nothing is known.
    pub(crate) fn absent_to(&mut self, len: usize) {
        while self.len() < len {
            self.push(Cell::Absent);
        }
    }

    /// What was pushed.
    pub(crate) fn take(&mut self) -> Column {
        self.column.take().unwrap_or(Column::Mixed(Vec::new()))
    }
}

/// The values of any column one by one.
pub(crate) fn into_cells(column: Column) -> Vec<Cell> {
    match column {
        Column::Int(v) => v.into_iter().map(Cell::Int).collect(),
        Column::Float(v) => v.into_iter().map(Cell::Float).collect(),
        Column::Bool(v) => v.into_iter().map(Cell::Bool).collect(),
        Column::Text(v) => v.into_iter().map(Cell::Text).collect(),
        Column::Mixed(v) => v,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_stays_plain_until_a_value_differs() {
        let mut cells = Cells::default();
        cells.push(Cell::Int(1));
        cells.push(Cell::Int(2));
        assert_eq!(cells.take(), Column::Int(vec![1, 2]));
        cells.push(Cell::Float(0.5));
        cells.push(Cell::Null);
        cells.absent_to(3);
        let expected = vec![Cell::Float(0.5), Cell::Null, Cell::Absent];
        assert_eq!(cells.take(), Column::Mixed(expected));
        assert_eq!(cells.take().len(), 0);
    }
}
