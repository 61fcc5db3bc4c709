//! Regular expressions as Cedar's `like`, where they can be.

/// Where to look for what.
struct Reader<'t> {
    left: std::iter::Peekable<std::str::Chars<'t>>,
}

/// The `like` patterns, as Cedar writes them, of which one matches exactly when the expression
/// matches the whole text; nothing when `like` cannot say it.
///
/// Understood are letters, escaped signs, `.*`, groups and `|`.
pub(crate) fn likes(expression: &str) -> Option<Vec<String>> {
    let mut reader = Reader {
        left: expression.chars().peekable(),
    };
    let all = reader.choices()?;
    reader.left.next().is_none().then_some(all)
}

/// A name as Cedar writes it in `like`, and, but for the star, in a string.
pub(crate) fn written(name: &str, star: &str) -> String {
    let sign = |sign: char| match sign {
        '*' => star.to_owned(),
        other => other.escape_default().to_string(),
    };
    name.chars().map(sign).collect()
}

impl Reader<'_> {
    fn choices(&mut self) -> Option<Vec<String>> {
        let mut all = self.row()?;
        while self.left.next_if_eq(&'|').is_some() {
            all.extend(self.row()?);
        }
        Some(all)
    }

    fn row(&mut self) -> Option<Vec<String>> {
        let mut row = vec![String::new()];
        while let Some(sign) = self.left.next_if(|sign| !"|)".contains(*sign)) {
            let next = self.piece(sign)?;
            // What repeats a piece cannot be said, but for the star that `piece` has taken.
            if self.left.peek().is_some_and(|sign| "*+?{".contains(*sign)) {
                return None;
            }
            let join = |head: &String| -> Vec<String> {
                next.iter().map(|tail| format!("{head}{tail}")).collect()
            };
            row = row.iter().flat_map(join).collect();
        }
        Some(row)
    }

    fn piece(&mut self, sign: char) -> Option<Vec<String>> {
        match sign {
            '.' => {
                self.left.next_if_eq(&'*')?;
                Some(vec!["*".to_owned()])
            }
            '\\' => {
                let next = self.left.next_if(char::is_ascii_punctuation)?;
                Some(vec![written(&next.to_string(), "\\*")])
            }
            '(' => {
                let inner = self.choices()?;
                self.left.next_if_eq(&')')?;
                Some(inner)
            }
            sign if "[]{}^$*+?)".contains(sign) => None,
            sign => Some(vec![written(&sign.to_string(), "\\*")]),
        }
    }
}
