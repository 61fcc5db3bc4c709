// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "./interfaces/IERC20.sol";
import {IGuardRegistry} from "./interfaces/IGuardRegistry.sol";
import {Ruling} from "./interfaces/IContractGuard.sol";
import {Holdings} from "./Holdings.sol";
import {Outside} from "./Outside.sol";
import {Words} from "./Words.sol";

/// @title What is measured before a call or batch, and must hold after it.
abstract contract Watch is Holdings {
    using Words for uint256[];

    uint256 private constant PARTS = 100_000;
    uint256 private constant CENT = 1e16;
    /// Eight of them and the one that runs cover any 24 hours.
    uint256 private constant BUCKET = 3 hours;
    uint256 private constant BUCKETS = 9;
    /// Where the losses begin in the state, and how long they are.
    uint256 private constant LOSSES = 112;
    uint256 private constant LENGTH = 16 * BUCKETS;
    uint256 private constant EVERY_SECOND = 0xffff0000ffff0000ffff0000ffff0000ffff;

    /// What was seen before.
    struct Sight {
        uint256 seat;
        uint256 set;
        uint256 supply;
        uint256[] words;
        uint256[] amounts;
        uint256 epoch;
        /// Every ruling of the batch so far.
        Ruling[] rulings;
        uint256 count;
        /// The token of a call that does no more than set an allowance, and what there was of it.
        address still;
        uint256 stillAmount;
    }

    /// The call loses too much of what the vault is worth, both in USD with 18 decimals.
    error BelowFloor(uint256 loss, uint256 value);
    /// The last 24 hours would have lost too many parts of 100,000.
    error DayIsSpent(uint256 parts);
    /// An allowance would be left over.
    error AllowanceLeft(address token, address spender);
    error SupplyMoved();
    error RegistryMoved();
    /// A call that only sets an allowance moved the token.
    error NotStill(address token);
    /// What one call brings in could hide what another one loses.
    error MixedBatch();

    /// @notice What the last 24 hours lost, in parts of 100,000; up to three hours more are counted.
    function lossToday() external view returns (uint256) {
        return _sum(_lately(_state));
    }

    /// Which conditions there are to look after, with the claims.
    function _watched(uint256 seat) internal pure returns (bool) {
        return seat & (0xff00 | CLAIMS) != 0;
    }

    function _look(uint256 seat, uint256 calls) internal view returns (Sight memory sight) {
        sight.seat = seat;
        sight.rulings = new Ruling[](calls);
        uint256 checks = uint8(seat >> 8);
        if (checks & SUPPLY != 0) sight.supply = totalSupply;
        if (checks & FIXED != 0) {
            sight.set = uint40(_state);
            sight.epoch = _epoch();
        }
    }

    /// Weighs what there is, before the first call.
    function _weigh(Sight memory sight, Ruling memory ruling, bool alone) internal view {
        uint256 seat = sight.seat;
        if (uint8(seat >> 8) & FLOOR == 0 && seat & CLAIMS == 0) return;
        if (alone && seat & CLAIMS == 0 && ruling.granted != address(0) && ruling.received == address(0)) {
            sight.still = ruling.granted;
            sight.stillAmount = Outside.balance(ruling.granted, address(this));
            return;
        }
        uint256[] memory words = _words();
        uint256 count = words.length;
        uint256[] memory amounts = new uint256[](count);
        for (uint256 i; i < count; ++i) amounts.put(i, _measure(words.get(i)));
        sight.words = words;
        sight.amounts = amounts;
    }

    function _epoch() private view returns (uint256) {
        (bool ok, uint256 epoch) = Outside.word(address(REGISTRY), IGuardRegistry.epoch.selector);
        if (!ok) revert RegistryMoved();
        return epoch;
    }

    /// Looks again, after the last call.
    function _check(Sight memory sight) internal {
        uint256 checks = uint8(sight.seat >> 8);
        if (checks & FIXED != 0) {
            if (uint40(_state) != sight.set || _epoch() != sight.epoch) revert RegistryMoved();
        }
        if (checks & SUPPLY != 0 && totalSupply != sight.supply) revert SupplyMoved();
        if (checks & ALLOWANCES != 0) _checkAllowances(sight);
        if (sight.still != address(0)) {
            uint256 amount = Outside.balance(sight.still, address(this));
            if (amount != sight.stillAmount || amount == Outside.UNREADABLE) revert NotStill(sight.still);
        } else if (sight.words.length != 0) {
            _checkValue(sight, checks & FLOOR != 0);
        }
    }

    function _checkAllowances(Sight memory sight) private view {
        for (uint256 i; i < sight.count; ++i) {
            Ruling memory ruling = sight.rulings[i];
            if (ruling.granted == address(0)) continue;
            if (Outside.says(address(REGISTRY), IGuardRegistry.isStanding.selector, ruling.spender)) continue;
            if (IERC20(ruling.granted).allowance(address(this), ruling.spender) != 0) {
                revert AllowanceLeft(ruling.granted, ruling.spender);
            }
        }
    }

    /// Both sums are taken at one price, that of after the call. A plain token whose price cannot be read
    /// counts on neither side, if nothing of it moved.
    function _checkValue(Sight memory sight, bool floored) private {
        uint256 before;
        uint256 left;
        bool explained = floored && _explained(sight);
        uint256[] memory words = sight.words;
        uint256[] memory amounts = sight.amounts;
        uint256 count = words.length;
        for (uint256 i; i < count; ++i) {
            uint256 word = words.get(i);
            uint256 had = amounts.get(i);
            uint256 has = _measure(word);
            // What cannot be measured could hide anything.
            if (had == has) {
                if (floored && had == Outside.UNREADABLE) revert NotListed(address(uint160(word)));
                continue;
            }
            if (word & CLAIMED != 0) revert Claimed(address(uint160(word)));
            if (!floored) continue;
            if (had == Outside.UNREADABLE || has == Outside.UNREADABLE) revert NotListed(address(uint160(word)));
            // What nobody announced does not make up for a loss.
            if (explained && has > had && !_announced(sight, address(uint160(word)))) continue;
            (uint256 price, uint256 unit) = _priceFor(word);
            if (price == Outside.UNREADABLE) revert NotListed(address(uint160(word)));
            before += had * price / unit;
            left += has * price / unit;
            // It is counted.
            words.put(i, 0);
        }
        if (floored && left < before) _count(sight, before - left, before);
    }

    /// What so many units of a plain token cost; anything else is measured by its worth already.
    function _priceFor(uint256 word) private view returns (uint256 price, uint256 unit) {
        if (uint16(word >> 160) != 0) return (1, 1);
        return (_price(address(uint160(word))), _unit(word));
    }

    /// Whether each call said what it brings in. If none did, whatever came counts; a batch of both
    /// kinds could not be told apart.
    function _explained(Sight memory sight) private pure returns (bool explained) {
        bool open;
        for (uint256 i; i < sight.count; ++i) {
            Ruling memory ruling = sight.rulings[i];
            if (ruling.received != address(0)) explained = true;
            else if (ruling.granted == address(0)) open = true;
        }
        if (explained && open) revert MixedBatch();
    }

    function _announced(Sight memory sight, address asset) private pure returns (bool) {
        for (uint256 i; i < sight.count; ++i) {
            if (sight.rulings[i].received == asset) return true;
        }
        return false;
    }

    /// Counts a loss, rounded up; no gain ever takes one back. The value that it is measured by is
    /// reckoned anew at the first loss of every bucket.
    function _count(Sight memory sight, uint256 loss, uint256 moved) private {
        uint256 state = _state;
        uint256 bucket = block.timestamp / BUCKET;
        uint256 cents = uint40(state >> 40);
        if (cents == 0 || uint32(state >> 80) != bucket) cents = _reckoned(sight, moved);
        uint256 value = cents * CENT;
        if (loss * PARTS > value * uint16(sight.seat >> 16)) revert BelowFloor(loss, value);
        uint256 part = (loss * PARTS + value - 1) / value;
        uint256 losses = _lately(state);
        uint256 sum = _sum(losses) + part;
        if (sum > uint16(sight.seat >> 32)) revert DayIsSpent(sum);
        // The sum fits into 16 bits, so the newest bucket does as well.
        _state = uint40(state) | (cents << 40) | (bucket << 80) | ((losses + part) << LOSSES);
    }

    /// What everything was worth before the call, in cents: what moved, and what did not.
    function _reckoned(Sight memory sight, uint256 moved) private view returns (uint256 cents) {
        uint256 value = moved;
        uint256[] memory words = sight.words;
        uint256[] memory amounts = sight.amounts;
        uint256 count = words.length;
        for (uint256 i; i < count; ++i) {
            uint256 word = words.get(i);
            uint256 had = amounts.get(i);
            // What moved is counted already, and nothing is worth nothing, whatever its price.
            if (word == 0 || had == 0) continue;
            (uint256 price, uint256 unit) = _priceFor(word);
            if (price != Outside.UNREADABLE) value += had * price / unit;
        }
        cents = value / CENT;
        if (cents > type(uint40).max) cents = type(uint40).max;
    }

    /// Whoever leaves takes their part of the value with them.
    function _reckonLess(uint256 left, uint256 whole) internal {
        uint256 state = _state;
        uint256 cents = uint40(state >> 40) * left / whole;
        _state = (state & ~(uint256(type(uint40).max) << 40)) | (cents << 40);
    }

    /// The losses as of now: what is too old has moved out.
    function _lately(uint256 state) private view returns (uint256) {
        uint256 shift = block.timestamp / BUCKET - uint32(state >> 80);
        if (shift >= BUCKETS) return 0;
        return ((state >> LOSSES) << (16 * shift)) & ((1 << LENGTH) - 1);
    }

    /// Every second bucket at a time, in 32 bits each; what is left by 2^32 - 1 is what they sum up to.
    function _sum(uint256 losses) private pure returns (uint256) {
        return ((losses & EVERY_SECOND) + ((losses >> 16) & EVERY_SECOND)) % type(uint32).max;
    }
}
