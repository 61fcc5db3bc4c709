//! Whether a statement is one plain read.

/// Functions that only look at what they are given.
const FUNCTIONS: &[&str] = &[
    "abs",
    "avg",
    "ceil",
    "coalesce",
    "concat",
    "count",
    "date_part",
    "date_trunc",
    "extract",
    "floor",
    "greatest",
    "least",
    "left",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "now",
    "nullif",
    "replace",
    "right",
    "round",
    "rtrim",
    "split_part",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "to_char",
    "trim",
    "upper",
    "row_number",
    "rank",
    "pg_size_pretty",
    "pg_database_size",
    "pg_total_relation_size",
    "array_agg",
    "json_agg",
    "jsonb_agg",
    "age",
];

/// Words behind which a parenthesis is no call.
const BEFORE_PARENTHESIS: &[&str] = &[
    "in",
    "and",
    "or",
    "not",
    "exists",
    "from",
    "join",
    "on",
    "where",
    "select",
    "as",
    "any",
    "all",
    "some",
    "over",
    "by",
    "when",
    "then",
    "else",
    "case",
    "having",
    "between",
    "union",
    "except",
    "intersect",
    "values",
    "using",
    "filter",
    "distinct",
    "like",
    "ilike",
    "is",
    "limit",
    "offset",
    "partition",
    "within",
    "group",
    "lateral",
    "interval",
    "numeric",
    "varchar",
    "char",
    "decimal",
];

/// Words that a plain read never has.
const FORBIDDEN: &[&str] = &[
    "into",
    "insert",
    "update",
    "delete",
    "merge",
    "truncate",
    "drop",
    "alter",
    "create",
    "grant",
    "revoke",
    "copy",
    "call",
    "do",
    "lock",
    "set",
    "reset",
    "share",
    "execute",
    "prepare",
    "deallocate",
    "listen",
    "notify",
    "vacuum",
    "analyze",
    "analyse",
    "reindex",
    "cluster",
    "refresh",
    "import",
    "load",
    "security",
    "begin",
    "commit",
    "rollback",
    "savepoint",
    "declare",
    "fetch",
    "move",
    "close",
    "discard",
    "checkpoint",
    "comment",
    "reassign",
];

/// Whether a statement is one `SELECT` (or `SHOW`, `TABLE`, `EXPLAIN SELECT`) that calls nothing
/// but well-known functions.
///
/// Fails closed: comments, dollar quotes, quoted names, backslashes and everything that is not
/// plain ASCII outside of a literal are more than plain.
pub(super) fn is_plain(statement: &str) -> bool {
    let statement = statement.trim();
    let statement = statement.strip_suffix(';').unwrap_or(statement);
    let Some(words) = words(statement) else {
        return false;
    };
    let mut first = words.iter().map(String::as_str);
    let begins = match first.next() {
        Some("select" | "show" | "table" | "values") => true,
        Some("explain") => matches!(first.next(), Some("select")),
        _ => false,
    };
    begins
        && !words.iter().any(|word| FORBIDDEN.contains(&word.as_str()))
        && calls_are_known(&words)
}

fn calls_are_known(words: &[String]) -> bool {
    let pairs = words.iter().zip(words.iter().skip(1));
    let mut calls = pairs.filter(|(word, next)| next.as_str() == "(" && is_word(word));
    calls.all(|(word, _)| {
        FUNCTIONS.contains(&word.as_str()) || BEFORE_PARENTHESIS.contains(&word.as_str())
    })
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

/// The words and signs of a statement in lower case, literals left out; `None` when it has more
/// than plain ones.
fn words(statement: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut chars = statement.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            ' ' | '\t' | '\n' => {}
            '\'' => loop {
                match chars.next()? {
                    '\'' if chars.peek() == Some(&'\'') => drop(chars.next()),
                    '\'' => break words.push("'".to_owned()),
                    '\\' => return None,
                    _ => {}
                }
            },
            char if char.is_ascii_alphanumeric() || char == '_' => {
                let mut word = char.to_ascii_lowercase().to_string();
                while let Some(next) =
                    chars.next_if(|next| next.is_ascii_alphanumeric() || "_.".contains(*next))
                {
                    word.push(next.to_ascii_lowercase());
                }
                words.push(word);
            }
            '-' if chars.peek() == Some(&'-') => return None,
            '/' if chars.peek() == Some(&'*') => return None,
            ',' | '.' | '*' | '=' | '<' | '>' | '(' | ')' | '+' | '-' | '/' | '%' | '!' | '['
            | ']' | ':' => {
                words.push(char.to_string());
            }
            _ => return None,
        }
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn plain_reads_are_plain() {
        for statement in [
            "select 1",
            "SELECT id, name FROM orders WHERE state = 'it''s; drop' ORDER BY id LIMIT 10;",
            "select count(*) from orders where id in (1, 2)",
            "show search_path",
            "table orders",
            "explain select * from a join b on (a.id = b.id)",
            "select upper(name), date_trunc('day', at) from a group by 1, 2",
        ] {
            assert!(is_plain(statement), "{statement}");
        }
    }

    #[test]
    fn all_else_is_more() {
        for statement in [
            "",
            ";",
            "select 1; drop table a",
            "delete from a",
            "select * into b from a",
            "select pg_terminate_backend(1)",
            "select pg_terminate_backend (1)",
            "select pg_catalog.pg_terminate_backend(1)",
            "select \"pg_terminate_backend\"(1)",
            "select nextval('a')",
            "select * from a for update",
            "explain analyze delete from a",
            "explain (analyze) select 1",
            "with x as (delete from a returning *) select * from x",
            "select 1 -- x",
            "select 1 /* x */",
            "select $$x$$",
            "\\! rm x",
            "select 'a\\'",
            "select 'a",
            "copy a to program 'rm x'",
            "select ｐg_sleep(1)",
            "do 'x'",
        ] {
            assert!(!is_plain(statement), "{statement}");
        }
    }
}
