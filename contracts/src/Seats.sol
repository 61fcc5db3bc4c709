// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVault} from "./interfaces/IVault.sol";
import {Shares} from "./Shares.sol";

/// @notice What is checked after every call or batch.
struct Conditions {
    /// The bits of FLOOR, ALLOWANCES, SUPPLY and FIXED.
    uint8 checks;
    /// The most that one call or batch may lose, in parts of 100,000 of the vault's value.
    uint16 lossPerCall;
    /// The most that any 24 hours may lose, in the same parts.
    uint16 lossPerDay;
}

/// @title Who may make a vault act, and under which conditions.
/// @notice Each of them has a seat: one word with the role and the conditions, so that a call costs one
/// reading whoever makes it and a stranger's costs no more.
abstract contract Seats is Shares, IVault {
    /// Value may not fall by more than the conditions say.
    uint8 public constant FLOOR = 1;
    /// What a call allowed is used up or taken back at the end, unless it stands.
    uint8 public constant ALLOWANCES = 2;
    /// No share comes or goes.
    uint8 public constant SUPPLY = 4;
    /// The registry and the set of assets stay as they are.
    uint8 public constant FIXED = 8;

    uint256 internal constant MANAGER = 1;
    uint256 internal constant TRADER = 2;
    /// An asset with open claims is held still.
    uint256 internal constant CLAIMS = 4;
    /// Nothing is traded, and nobody deposits.
    uint256 internal constant STOPPED = 8;
    /// Nothing is traded.
    uint256 internal constant HALTED = 16;
    /// The pauses of the vault: what the manager set, and above it what the registry's people set.
    uint8 private constant STOPS = 1 | 4;
    uint8 private constant HALTS = 2 | 8;

    address public logic;
    address public manager;
    address public trader;
    Conditions internal _conditions;
    bool internal _claims;
    /// @notice The manager's pauses of the vault (1) and of its trades (2), and those of the registry's owner
    /// and guardian (4, 8). No pause ever keeps anybody from withdrawing.
    uint8 public pauses;

    /// role, claims and pauses 8 | checks 8 | loss per call 16 | loss per day 16
    mapping(address account => uint256) internal _seats;

    event ManagerChanged(address indexed manager);
    event TraderChanged(address indexed trader);
    event PausesChanged(uint8 pauses);
    event ConditionsChanged(uint8 checks, uint16 lossPerCall, uint16 lossPerDay);

    /// An account has no seat, or two.
    error BadSeat(address account);

    modifier onlyLogic() {
        require(msg.sender == logic, "dh31");
        _;
    }

    /// @notice What is checked after every call or batch.
    function conditions() external view returns (Conditions memory) {
        return _conditions;
    }

    /// @notice Gives the manager's seat away; the trader loses theirs, for the next manager chooses.
    function setManager(address next) external onlyLogic {
        _enter(0);
        if (next == address(0)) revert BadSeat(next);
        delete _seats[manager];
        delete _seats[trader];
        manager = next;
        trader = address(0);
        _seat();
        emit ManagerChanged(next);
        _leave();
    }

    /// @notice Gives the trader's seat to somebody else, or to nobody.
    function setTrader(address next) external onlyLogic {
        _enter(0);
        if (next == manager) revert BadSeat(next);
        delete _seats[trader];
        trader = next;
        _seat();
        emit TraderChanged(next);
        _leave();
    }

    function setConditions(Conditions calldata next) external onlyLogic {
        _enter(0);
        _conditions = next;
        _seat();
        emit ConditionsChanged(next.checks, next.lossPerCall, next.lossPerDay);
        _leave();
    }

    /// @notice Sets all pauses of this vault.
    function setPauses(uint8 next) external onlyLogic {
        _enter(0);
        pauses = next;
        _seat();
        emit PausesChanged(next);
        _leave();
    }

    /// Nobody deposits while the vault is paused.
    function _open() internal view {
        require(pauses & STOPS == 0, "dh2");
    }

    /// Writes both seats anew; nothing else does.
    function _seat() internal {
        Conditions memory c = _conditions;
        uint256 seat = (uint256(c.lossPerDay) << 32) | (uint256(c.lossPerCall) << 16) | (uint256(c.checks) << 8);
        if (_claims) seat |= CLAIMS;
        if (pauses & STOPS != 0) seat |= STOPPED;
        if (pauses & HALTS != 0) seat |= HALTED;
        _seats[manager] = seat | MANAGER;
        if (trader != address(0)) _seats[trader] = seat | TRADER;
    }
}
