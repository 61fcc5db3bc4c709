//! Aligned columns.

use super::{clean::one_line, style};
use serde_json::{Number, Value};

/// The widest a cell gets, in characters; what is longer is cut.
const CELL_MAX: usize = 72;

/// Rows of cells below headings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    empty: &'static str,
    cut: bool,
}

/// A column: its heading, and where its value stands in a JSON object, as `a.b`.
pub(crate) type Column = (&'static str, &'static str);

impl Table {
    /// An empty table that says something when it stays empty.
    #[must_use]
    pub(crate) fn new(headings: &[&'static str], empty: &'static str) -> Self {
        Self {
            headings: headings.to_vec(),
            rows: Vec::new(),
            empty,
            cut: true,
        }
    }

    /// The items of a list, one on a row.
    #[must_use]
    pub(crate) fn of(items: &[Value], columns: &[Column], empty: &'static str) -> Self {
        let headings: Vec<_> = columns.iter().map(|(heading, _)| *heading).collect();
        let mut table = Self::new(&headings, empty);
        for item in items {
            table.push(columns.iter().map(|(_, path)| text_at(item, path)));
        }
        table
    }

    /// Facts about one thing: names and values.
    #[must_use]
    pub(crate) fn facts<'f>(facts: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let mut table = Self::default();
        for (name, value) in facts {
            table.push([name.to_owned(), value.to_owned()]);
        }
        table
    }

    /// Facts about one thing, read from a JSON object; what is missing is left out.
    #[must_use]
    pub(crate) fn about(item: &Value, columns: &[Column]) -> Self {
        let mut table = Self::default();
        for (name, path) in columns {
            let text = text_at(item, path);
            if text != NOTHING {
                table.push([(*name).to_owned(), text]);
            }
        }
        table
    }

    /// The same with long cells left whole.
    #[must_use]
    pub(crate) fn uncut(mut self) -> Self {
        self.cut = false;
        self
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|text| one_line(&text)).collect());
    }

    /// The whole table, with a line feed at the end.
    #[must_use]
    pub(crate) fn render(&self) -> String {
        if self.rows.is_empty() {
            return if self.empty.is_empty() {
                String::new()
            } else {
                format!("{}\n", self.empty)
            };
        }
        let rows = self.shown();
        let widths = self.widths(&rows);
        let mut text = String::new();
        if !self.headings.is_empty() {
            let headings = self.headings.iter().map(|heading| heading.to_uppercase());
            let headings: Vec<String> = headings.collect();
            line(&mut text, &headings, &widths, |_| style::STRONG);
        }
        for row in &rows {
            line(&mut text, row, &widths, style::of_word);
        }
        text
    }

    /// The rows with long cells cut, unless they are to stay whole.
    fn shown(&self) -> Vec<Vec<String>> {
        let cell = |text: &String| {
            if self.cut {
                shortened(text)
            } else {
                text.clone()
            }
        };
        self.rows
            .iter()
            .map(|row| row.iter().map(cell).collect())
            .collect()
    }

    fn widths(&self, rows: &[Vec<String>]) -> Vec<usize> {
        let headings = self.headings.iter().map(|heading| heading.chars().count());
        let mut widths: Vec<usize> = headings.collect();
        for row in rows {
            for (at, cell) in row.iter().enumerate() {
                let width = cell.chars().count();
                match widths.get_mut(at) {
                    Some(widest) => *widest = width.max(*widest),
                    None => widths.push(width),
                }
            }
        }
        widths
    }
}

/// Writes one line; the last cell is not filled up.
fn line(
    text: &mut String,
    cells: &[String],
    widths: &[usize],
    style: impl Fn(&str) -> anstyle::Style,
) {
    let last = cells.len().saturating_sub(1);
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let style = style(cell);
        text.push_str(&format!("{style}{cell}{style:#}"));
        if at < last {
            let gap = width.saturating_sub(cell.chars().count()) + 2;
            text.extend(std::iter::repeat_n(' ', gap));
        }
    }
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= CELL_MAX {
        return text.to_owned();
    }
    let kept: String = text.chars().take(CELL_MAX - 1).collect();
    format!("{kept}…")
}

/// What stands for a missing value.
const NOTHING: &str = "-";

/// The value at a path, as text.
#[must_use]
pub(crate) fn text_at(item: &Value, path: &str) -> String {
    let value = path.split('.').try_fold(item, |value, key| value.get(key));
    value.map_or_else(|| NOTHING.to_owned(), text_of)
}

/// A value as text for people.
#[must_use]
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => NOTHING.to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => NOTHING.to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number_text(number),
        Value::Array(items) if items.is_empty() => NOTHING.to_owned(),
        Value::Array(items)
            if items
                .iter()
                .all(|item| !item.is_object() && !item.is_array()) =>
        {
            items.iter().map(text_of).collect::<Vec<_>>().join(", ")
        }
        Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A number with two decimals at most.
fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => {
            let text = format!("{float:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plain(table: &Table) -> String {
        anstream::adapter::strip_str(&table.render()).to_string()
    }

    #[test]
    fn columns_are_aligned_and_lines_end_where_their_text_does() {
        let items = [
            json!({ "id": "a", "n": { "x": 1 } }),
            json!({ "id": "longer", "n": null }),
        ];
        let table = Table::of(
            &items,
            &[("id", "id"), ("x", "n.x"), ("gone", "g")],
            "nothing",
        );
        assert_eq!(
            plain(&table),
            "ID      X  GONE\na       1  -\nlonger  -  -\n"
        );
    }

    #[test]
    fn numbers_are_short() {
        let text = |value: Value| text_of(&value);
        assert_eq!(text(json!(0.389_999_999)), "0.39");
        assert_eq!(
            (text(json!(10_000.0)), text(json!(7))),
            ("10000".to_owned(), "7".to_owned())
        );
    }

    #[test]
    fn an_empty_table_says_so() {
        assert_eq!(
            plain(&Table::of(&[], &[("id", "id")], "no agents")),
            "no agents\n"
        );
    }

    #[test]
    fn cells_are_cut_and_stay_on_their_line() {
        let items = [json!({ "id": format!("a\n{}", "b".repeat(100)) })];
        let text = plain(&Table::of(&items, &[("id", "id")], ""));
        assert_eq!(text.lines().count(), 2);
        assert!(text.ends_with("…\n"));
    }
}
