//! The table of principles.

use super::{
    Principle,
    Provenance::{self, Official, Ours},
};

/// All 21, in the order of their numbers.
#[must_use]
pub fn table() -> &'static [Principle; 21] {
    &TABLE
}

/// Those the judge itself enforces.
impl Principle {
    /// 7: the chain of records has no gap.
    pub const CHAIN_CONTINUITY: &'static Self = &TABLE[6];
    /// 10: nothing crosses the border of a tenant.
    pub const DATA_SOVEREIGNTY: &'static Self = &TABLE[9];
    /// 11: personal data is declared.
    pub const SENSITIVE_DATA: &'static Self = &TABLE[10];
    /// 13: what cannot be undone needs a person.
    pub const IRREVERSIBLE_HARM: &'static Self = &TABLE[12];
    /// 15: whoever acts is registered.
    pub const REGISTERED_IDENTITY: &'static Self = &TABLE[14];
    /// 16: an agent's id never changes.
    pub const IMMUTABLE_IDENTITY: &'static Self = &TABLE[15];
    /// 17: an agent does not change its own limits.
    pub const NO_SELF_ESCALATION: &'static Self = &TABLE[16];
    /// 18: the gate is not switched off.
    pub const NO_BYPASS: &'static Self = &TABLE[17];
    /// 20: a model is named.
    pub const MODEL_PROVENANCE: &'static Self = &TABLE[19];
}

struct Row {
    name: &'static str,
    provenance: Provenance,
    demands: &'static str,
    enforcement: &'static str,
}

impl Row {
    const fn numbered(self, number: u8) -> Principle {
        let Self {
            name,
            provenance,
            demands,
            enforcement,
        } = self;
        let book = match number {
            0..=7 => 1,
            8..=14 => 2,
            _ => 3,
        };
        Principle {
            number,
            book,
            name,
            provenance,
            demands,
            enforcement,
        }
    }
}

macro_rules! rows {
    ($($number:literal $provenance:ident $name:literal: $demands:literal, $enforcement:literal;)*) => {
        [$(Row {
            name: $name,
            provenance: $provenance,
            demands: $demands,
            enforcement: $enforcement,
        }.numbered($number)),*]
    };
}

static TABLE: [Principle; 21] = rows! {
    1 Official "Verdict Before Action":
        "nothing starts before it has a verdict; no answer is no permission",
        "firewall: only a permit acts, it names one exact action, and only a sealed CLEARED makes one";
    2 Official "Audit Completeness":
        "every governed action leaves a full, chained record",
        "firewall: verdict, effects and record are one transaction; no record, no verdict";
    3 Official "Fail-Closed Evaluation":
        "whatever cannot be evaluated is refused",
        "judge: a missing fact refuses; firewall: an error or panic at any stage is BLOCKED";
    4 Official "Deterministic Verdicts":
        "the same action, rules and facts get the same verdict",
        "judge: a pure function without clock, chance or order of rules; the record keeps its inputs";
    5 Official "Non-Retroactive Approval":
        "a refused action stays refused; it may only be asked anew",
        "firewall: a verdict is written once, and asking anew makes a new record";
    6 Official "Escrow Integrity":
        "what waits for people cannot be changed, only released or killed",
        "firewall: a hold keeps the action's digest, and its decision is one compare-and-swap";
    7 Official "Hash Chain Continuity":
        "the chain of records has no gap",
        "store: one sequence per tenant inside the sealing transaction; judge: a broken chain refuses";
    8 Official "Human Override Authority":
        "a person can always decide what is held, and an agent never",
        "control: releasing and killing need a signed-in person; agents have no such door";
    9 Official "Escalation Path":
        "every refusal says why and leads to a person",
        "judge: no refusal without a reason and a remedy; firewall: each opens a violation to review";
    10 Official "Data Sovereignty":
        "no action reaches out of its tenant",
        "judge: a credential or parameter of another tenant is X; store: every key begins with a tenant";
    11 Ours "Sensitive Data Is Declared":
        "personal data travels only under a declared data class",
        "judge: personal data found in an action that declares no data class is held";
    12 Ours "Silence Is Refusal":
        "a hold that nobody decides ends refused",
        "firewall: a hold past its time is timed out by the sweeper and at every reading";
    13 Ours "Irreversible Harm Needs a Person":
        "what destroys is never done by the agent alone",
        "judge: destructive verbs and risk tier 4 are at least B, whatever a grant says";
    14 Ours "Transparency":
        "every record can be read and exported",
        "control: no policy is asked before an export; judge: the explanation is the judgement itself";
    15 Ours "Registered Identity First":
        "whoever acts is registered and not revoked",
        "gateway: an unknown agent is refused at the door; judge: a deregistered or revoked one is X";
    16 Ours "Immutable Identity":
        "an agent's id is given by the gate, never changes, and is never borrowed",
        "store: ids cannot be updated; judge: a credential of another agent is X";
    17 Ours "No Self-Escalation":
        "an agent does not change its own rules, limits, standing or approvers",
        "judge: action types that write to the governor are X; control: agents have no such door";
    18 Ours "No Bypass":
        "nothing switches off, goes around or rewrites the gate and its records",
        "judge: action types reserved for the gate are X; there is no setting that stops judging";
    19 Ours "No Laundering by Delegation":
        "an action runs under the identity that asked for it",
        "firewall: a permit names its agent, and another agent cannot spend it";
    20 Ours "Model Provenance":
        "a model is used only by name",
        "judge: inference that names no model is refused";
    21 Ours "Autonomy Is Revocable":
        "who breaks a principle loses autonomy until a person gives it back",
        "firewall: a refusal that a principle leads raises the agent's tier or blocks it, as the tenant has set";
};
