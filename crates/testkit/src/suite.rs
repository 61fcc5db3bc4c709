//! What every ledger must do, as tests that any implementation can run.

pub mod commits;
pub mod documents;
pub mod records;

use portcullis_firewall::ports::LedgerError;
use std::future::Future;

/// How a case ends; what it is about is asserted inside.
pub type Outcome = Result<(), LedgerError>;

/// Runs a case to its end.
///
/// # Errors
/// What the case says.
///
/// # Panics
/// When the case fails, or no runtime can be made.
pub fn run(case: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime for one case").block_on(case)
}

/// Makes one test of each case, for the ledger that an expression makes.
///
/// The expression gives an `Arc<dyn Ledger>` without records, and something that is dropped after
/// it, such as a folder; each case evaluates it anew.
///
/// ```
/// mod memory {
///     use portcullis_testkit::MemoryLedger;
///     use std::sync::Arc;
///
///     portcullis_testkit::ledger_suite!((Arc::new(MemoryLedger::new()), ()));
/// }
/// ```
#[macro_export]
macro_rules! ledger_suite {
    ($make:expr) => {
        $crate::ledger_suite! { $make =>
            commits::a_chain_without_records_has_no_head
            commits::a_batch_moves_the_head
            commits::a_batch_for_another_head_is_refused_and_leaves_no_trace
            commits::the_same_batch_twice_is_written_once
            commits::a_batch_with_a_gap_is_refused_and_leaves_no_trace
            commits::a_batch_that_names_another_record_before_it_is_refused
            commits::a_batch_of_documents_alone_needs_the_head
            commits::an_empty_batch_needs_the_head_and_changes_nothing
            commits::of_those_who_commit_at_once_one_wins_each_head
            commits::tenants_commit_at_once_and_none_hinders_another
            commits::a_refused_batch_does_not_hinder_its_neighbours
            commits::whoever_was_answered_reads_what_was_written
            records::every_field_is_read_back
            records::every_kind_verdict_and_tier_is_read_back
            records::payloads_of_a_mebibyte_are_read_back
            records::text_of_any_script_is_read_back
            records::milliseconds_are_read_back
            records::lists_go_either_way_from_a_number
            records::lists_skip_and_end
            records::filters_combine
            records::times_bound_a_list
            records::times_bound_a_list_even_when_the_clock_went_back
            records::a_filter_that_names_nothing_finds_nothing
            records::effects_follow_a_number
            records::hashes_follow_a_number
            records::tenants_do_not_see_each_others_records
            documents::a_document_is_read_back
            documents::a_document_is_replaced_by_its_latest_form
            documents::a_removed_document_is_gone
            documents::a_document_may_be_removed_that_is_not_there
            documents::kinds_and_tenants_do_not_mix
            documents::records_and_documents_are_written_together_or_not_at_all
            documents::lists_are_newest_first_then_by_id
            documents::lists_filter_by_status_agent_and_time
            documents::a_changed_document_moves_in_its_lists
            documents::lists_of_documents_skip_and_end
            documents::bodies_of_a_mebibyte_are_read_back
            documents::tenants_are_those_that_have_something
        }
    };
    ($make:expr => $($topic:ident::$case:ident)*) => {$(
        #[test]
        fn $case() -> $crate::suite::Outcome {
            let (ledger, _kept) = $make;
            $crate::suite::run($crate::suite::$topic::$case(ledger))
        }
    )*};
}
