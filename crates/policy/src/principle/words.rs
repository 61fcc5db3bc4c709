//! What an action type says about itself, by its words.

/// What the words of an action type reveal.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Words {
    /// It destroys: never without a person (principle 13).
    pub destructive: bool,
    /// It writes to rules, limits, standings or approvers (principle 17).
    pub governs: bool,
    /// It is reserved for the gate itself (principle 18).
    pub bypasses: bool,
    /// It runs a model (principle 20).
    pub infers: bool,
}

impl Words {
    /// Reads an action type, folded as labels are.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        let mut segments = kind
            .split(is_separator)
            .filter(|segment| !segment.is_empty());
        let first = segments.next().unwrap_or_default();
        let second = segments.next();
        let pair = second.is_some() && segments.next().is_none();
        // A name of two words may come in either order: `policy.update`, `update_policy`.
        let turned = second.filter(|_| pair).unwrap_or_default();
        let told = second.unwrap_or_default();
        Self {
            destructive: kind.split(is_separator).any(destroys),
            governs: governs(first, told) || governs(turned, first),
            bypasses: reserved(first, told) || reserved(turned, first),
            infers: infers(first, told),
        }
    }
}

const fn is_separator(character: char) -> bool {
    matches!(character, '.' | '_' | '-' | '/' | ':' | ' ')
}

/// Whether one word is a verb that cannot be undone.
///
/// Long verbs also count with something glued on (`deleteBucket` arrives as `deletebucket`), except
/// for the forms that only describe (`deleted`).
fn destroys(word: &str) -> bool {
    const ALONE: [&str; 9] = [
        "drop", "erase", "kill", "nuke", "purge", "rm", "shred", "unlink", "wipe",
    ];
    const GLUED: [&str; 6] = [
        "delete",
        "destroy",
        "obliterate",
        "revoke",
        "terminate",
        "truncate",
    ];
    ALONE.contains(&word)
        || GLUED
            .iter()
            .filter_map(|verb| word.strip_prefix(verb))
            .any(|rest| !matches!(rest, "d" | "ed" | "r" | "rs" | "er"))
}

/// Whether a verb only looks, or asks a person.
fn is_harmless(verb: &str) -> bool {
    const VERBS: [&str; 14] = [
        "list", "get", "read", "show", "view", "describe", "search", "query", "count", "verify",
        "explain", "check", "request", "propose",
    ];
    VERBS.contains(&verb)
}

/// Whether a subject and a verb write to what governs agents.
fn governs(subject: &str, verb: &str) -> bool {
    match subject {
        "governance" | "token" | "tokens" => true,
        "policy" | "policies" | "budget" | "budgets" | "approver" | "approvers" | "approval"
        | "approvals" | "grant" | "grants" | "principle" | "principles" => {
            !verb.is_empty() && !is_harmless(verb)
        }
        "hold" | "holds" | "escrow" => {
            matches!(
                verb,
                "release" | "kill" | "approve" | "decide" | "update" | "extend"
            )
        }
        "agent" | "agents" => matches!(
            verb,
            "update"
                | "unblock"
                | "resume"
                | "pause"
                | "block"
                | "register"
                | "deregister"
                | "connect"
                | "elevate"
                | "promote"
                | "set"
        ),
        _ => false,
    }
}

/// Whether a subject and a verb are the gate's own.
fn reserved(subject: &str, verb: &str) -> bool {
    match subject {
        "governance" | "sentinel" | "portcullis" => true,
        "audit" => !verb.is_empty() && !is_harmless(verb) && verb != "export",
        _ => false,
    }
}

/// Whether a subject and a verb run a model.
fn infers(subject: &str, verb: &str) -> bool {
    matches!(subject, "model" | "models" | "llm" | "inference")
        && matches!(
            verb,
            "inference"
                | "infer"
                | "invoke"
                | "complete"
                | "completion"
                | "chat"
                | "generate"
                | "predict"
                | "run"
                | "embed"
        )
}
