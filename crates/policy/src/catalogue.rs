//! Which action types there are, and how risky each is.
