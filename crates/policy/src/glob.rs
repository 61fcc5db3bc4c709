//! Names with `*` in them.

use crate::label::Label;

/// A pattern over labels: `*` stands for any run of characters, also none; all else for itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Glob(Label);

impl Glob {
    /// Whether a text is a pattern rather than a name.
    pub(crate) fn is_glob(text: &str) -> bool {
        text.contains('*')
    }

    /// The pattern written as a label.
    pub(crate) const fn new(label: Label) -> Self {
        Self(label)
    }

    /// Whether the pattern covers a name.
    pub(crate) fn matches(&self, name: &str) -> bool {
        let Some((head, rest)) = self.0.as_str().split_once('*') else {
            return self.0.as_str() == name;
        };
        let Some(mut left) = name.strip_prefix(head) else {
            return false;
        };
        let (middle, tail) = rest
            .rsplit_once('*')
            .map_or((None, rest), |(m, t)| (Some(m), t));
        for part in middle.into_iter().flat_map(|middle| middle.split('*')) {
            // The earliest place is as good as any: it leaves the most for what follows.
            let Some((_, after)) = left.split_once(part) else {
                return false;
            };
            left = after;
        }
        left.ends_with(tail)
    }

    /// Whether the pattern may cover names that begin with `prefix`.
    pub(crate) fn reaches(&self, prefix: &str) -> bool {
        let head = self.head();
        head.starts_with(prefix) || prefix.starts_with(head)
    }

    /// Whether the pattern covers only names that begin with `prefix`.
    pub(crate) fn stays_within(&self, prefix: &str) -> bool {
        self.head().starts_with(prefix)
    }

    /// What every covered name begins with.
    pub(crate) fn head(&self) -> &str {
        self.0
            .as_str()
            .split_once('*')
            .map_or(self.0.as_str(), |(head, _)| head)
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;
    use crate::label::Label;

    fn glob(text: &str) -> Glob {
        Glob::new(Label::new(text))
    }

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, name, covered) in [
            ("*", "", true),
            ("*", "workloads.list", true),
            ("workloads.*", "workloads.list", true),
            ("workloads.*", "workloads.", true),
            ("workloads.*", "workloads", false),
            ("*.list", "workloads.list", true),
            ("*.list", "workloads.lists", false),
            ("mcp.*.get_*", "mcp.github.get_issue", true),
            ("mcp.*.get_*", "mcp.github.list", false),
            ("a*b*b", "ab", false),
            ("a*b*b", "abb", true),
            ("a**b", "ab", true),
            ("a*a", "a", false),
            ("plain", "plain", true),
            ("plain", "plainer", false),
        ] {
            assert_eq!(glob(pattern).matches(name), covered, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_knows_where_it_can_reach() {
        assert!(glob("mcp.git*").reaches("mcp."));
        assert!(glob("m*").reaches("mcp."));
        assert!(!glob("http.*").reaches("mcp."));
        assert!(glob("mcp.git*").stays_within("mcp."));
        assert!(!glob("m*").stays_within("mcp."));
    }
}
