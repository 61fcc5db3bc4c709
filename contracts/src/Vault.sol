// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IContractGuard, IHookedGuard, Ruling} from "./interfaces/IContractGuard.sol";
import {IGuardRegistry} from "./interfaces/IGuardRegistry.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVaultManager} from "./interfaces/IVaultManager.sol";
import {Escrow} from "./Escrow.sol";
import {Exits} from "./Exits.sol";
import {Outside} from "./Outside.sol";
import {Conditions, Seats} from "./Seats.sol";
import {Words} from "./Words.sol";

/// @title A vault: many people's assets, moved by one manager inside of rules.
/// @notice Whatever the manager or the trader does with the assets goes through `executeTransaction`. The
/// order of it is fixed: lock, role, registry, pauses, guard, what there is, the call, what is left,
/// unlock.
/// The vault sends and takes no native value and runs no other contract's code in its own place.
contract Vault is Exits {
    using Words for uint256[];

    /// The fewest shares that are bought, and that are left when somebody withdraws: with fewer, rounding
    /// could be turned against whoever comes next.
    uint256 public constant FEWEST_SHARES = 100_000;

    event Deposited(address indexed account, address indexed asset, uint256 amount, uint256 shares);
    event Withdrawn(address indexed account, address indexed to, uint256 shares);
    event FeesTaken(address indexed manager, uint256 shares);
    event Revoked(address indexed token, address indexed spender);

    /// The vault is set up already.
    error SetUp();
    /// The calldata is not what any encoder makes.
    error NotCanonical();
    /// A batch needs as many targets as calldata, and at least one.
    error BadBatch();
    /// The allowance may stand, or the token is none that was ever listed.
    error NotRevocable(address token, address spender);
    /// Fewer shares than asked for.
    error TooFewShares(uint256 shares);

    constructor(IGuardRegistry registry_, Escrow escrow_) {
        REGISTRY = registry_;
        ESCROW = escrow_;
        // Only its clones are ever set up.
        logic = address(1);
    }

    /// @notice Sets a clone up; its factory does so as it makes it.
    function setUp(
        address logic_,
        address manager_,
        string calldata name_,
        string calldata symbol_,
        Conditions calldata conditions_
    ) external {
        if (logic != address(0)) revert SetUp();
        if (manager_ == address(0)) revert BadSeat(manager_);
        logic = logic_;
        manager = manager_;
        name = name_;
        symbol = symbol_;
        _conditions = conditions_;
        _seat();
        emit ManagerChanged(manager_);
        emit ConditionsChanged(conditions_.checks, conditions_.lossPerCall, conditions_.lossPerDay);
    }

    // What the manager and the trader do.

    /// @inheritdoc IVault
    function executeTransaction(address to, bytes calldata data) external returns (bytes memory) {
        return _execute(to, data);
    }

    /// @inheritdoc IVault
    function execTransaction(address to, bytes calldata data) external returns (bytes memory) {
        return _execute(to, data);
    }

    /// @inheritdoc IVault
    function execTransactions(address[] calldata to, bytes[] calldata data) external {
        _enter(EXECUTION);
        uint256 seat = _seats[msg.sender];
        require(seat != 0, "dh24");
        if (to.length == 0 || to.length != data.length) revert BadBatch();
        if (keccak256(msg.data) != keccak256(abi.encodeCall(this.execTransactions, (to, data)))) revert NotCanonical();
        Sight memory sight = _look(seat, to.length);
        for (uint256 i; i < to.length; ++i) {
            (address guard, bool hooked) = _admitted(to[i], seat);
            Ruling memory ruling = _judged(guard, to[i], data[i]);
            sight.rulings[sight.count++] = ruling;
            if (i == 0) _weigh(sight, ruling, false);
            _mayReceive(ruling.received, sight.words);
            _call(guard, hooked, to[i], data[i]);
            emit Executed(msg.sender, to[i], ruling.kind, bytes4(data[i]));
        }
        _check(sight);
        _leave();
    }

    function _execute(address to, bytes calldata data) private returns (bytes memory result) {
        _enter(EXECUTION);
        uint256 seat = _seats[msg.sender];
        require(seat != 0, "dh24");
        _canonical(data);
        (address guard, bool hooked) = _admitted(to, seat);
        Ruling memory ruling = _judged(guard, to, data);
        if (_watched(seat)) {
            Sight memory sight = _look(seat, 1);
            sight.rulings[sight.count++] = ruling;
            _weigh(sight, ruling, true);
            _mayReceive(ruling.received, sight.words);
            result = _call(guard, hooked, to, data);
            _check(sight);
        } else {
            _mayReceive(ruling.received, new uint256[](0));
            result = _call(guard, hooked, to, data);
        }
        emit Executed(msg.sender, to, ruling.kind, bytes4(data));
        _leave();
    }

    /// Who judges calls to a destination, and whether they look again after it; for one that is listed,
    /// nothing may be paused. The registry says both at once, and the seat is read already.
    function _admitted(address to, uint256 seat) private view returns (address guard, bool hooked) {
        (bool ok, uint256 word) = Outside.about(address(REGISTRY), IGuardRegistry.admitted.selector, to);
        // No answer is no guard.
        if (!ok) return (address(0), false);
        (guard, hooked) = (address(uint160(word)), (word >> 160) & 1 != 0);
        // An unlisted destination answers dh23, paused or not.
        if (guard == address(0)) return (guard, hooked);
        require(word >> 161 == 0, "dh1");
        require(seat & STOPPED == 0, "dh2");
        require(seat & HALTED == 0, "dh20");
    }

    /// An unlisted destination always answers dh23, whatever it is called with; so does a call that its
    /// guard does not know.
    function _judged(address guard, address to, bytes calldata data) private view returns (Ruling memory) {
        require(guard != address(0) && data.length >= 4, "dh23");
        Ruling memory ruling = IContractGuard(guard).judge(address(this), to, data);
        require(ruling.kind != 0, "dh23");
        return ruling;
    }

    /// What comes in is on the vault's list, and still on the registry's.
    function _mayReceive(address asset, uint256[] memory words) private view {
        if (asset == address(0)) return;
        bool enabled = words.length == 0 && isEnabled(asset);
        uint256 count = words.length;
        for (uint256 i; i < count && !enabled; ++i) enabled = address(uint160(words.get(i))) == asset;
        require(enabled && Outside.says(address(REGISTRY), IGuardRegistry.mayHold.selector, asset), "dh22");
    }

    function _call(address guard, bool hooked, address to, bytes calldata data) private returns (bytes memory) {
        _handOver();
        (bool ok, bytes memory told) = to.call(data);
        if (!ok) Outside.bubble(told);
        _takeBack();
        if (hooked) IHookedGuard(guard).settle(address(this), to, data, told);
        return told;
    }

    /// The only encoding of (address, bytes): one offset, no bytes behind, zeros up to the word.
    function _canonical(bytes calldata data) private pure {
        uint256 start;
        assembly ("memory-safe") {
            start := data.offset
        }
        // No length that the decoder let pass comes near 2^256.
        unchecked {
            uint256 padded = (data.length + 31) & ~uint256(31);
            if (start != 100 || msg.data.length != 100 + padded) revert NotCanonical();
            uint256 padding;
            assembly ("memory-safe") {
                padding := shl(shl(3, sub(32, sub(padded, data.length))), calldataload(sub(calldatasize(), 32)))
            }
            if (padding != 0) revert NotCanonical();
        }
    }

    // What shareholders do.

    /// @notice Buys shares. What counts is what arrives, not what was asked for.
    /// @param fewest The fewest shares to take for it.
    function deposit(address asset, uint256 amount, uint256 fewest) external returns (uint256 shares) {
        _enter(DEPOSIT);
        require(!REGISTRY.paused(), "dh1");
        _open();
        IVaultManager rules = IVaultManager(logic);
        require(rules.mayDeposit(msg.sender), "dh7");
        require(takesDeposits(asset), "dh8");
        _allListed();
        uint256 value = totalValue();
        _takeFees(value);
        uint256 supply = totalSupply;
        // Shares of nothing could not be priced.
        require(supply == 0 || value != 0, "dh16");
        uint256 had = Outside.balance(asset, address(this));
        _handOver();
        Outside.transferFrom(asset, msg.sender, address(this), amount);
        _takeBack();
        uint256 came = Outside.balance(asset, address(this)) - had;
        uint256 worth = _worthOf(asset, came);
        shares = supply == 0 ? worth : worth * supply / value;
        require(shares >= FEWEST_SHARES, "dh10");
        (uint256 entry,) = rules.gateFees();
        uint256 fee = shares * entry / 10_000;
        shares -= fee;
        if (shares < fewest) revert TooFewShares(shares);
        lockedUntil[msg.sender] = block.timestamp + _cooldown(rules.cooldown(), shares);
        _mint(msg.sender, shares);
        if (fee != 0) _mint(manager, fee);
        emit Deposited(msg.sender, asset, came, shares);
        _leave();
    }

    /// @notice Gives shares back for their part of every asset.
    function withdraw(uint256 shares) external {
        _withdraw(shares, msg.sender);
    }

    /// @notice The same, paid to somebody else.
    function withdrawTo(uint256 shares, address to) external {
        if (to == address(0) || to == address(this)) revert NoReceiver();
        _withdraw(shares, to);
    }

    /// @notice Mints the fees that are due; anybody may ask.
    function takeFees() external {
        _enter(0);
        _takeFees(totalValue());
        _leave();
    }

    /// @notice Takes an allowance back that may not stand any more; anybody may ask.
    function revoke(address token, address spender) external {
        _enter(EXECUTION);
        if (REGISTRY.isStanding(spender) || !REGISTRY.knows(token)) revert NotRevocable(token, spender);
        _handOver();
        Outside.approve(token, spender, 0);
        _takeBack();
        emit Revoked(token, spender);
        _leave();
    }

    function _withdraw(uint256 shares, address to) private {
        _enter(WITHDRAWAL);
        require(block.timestamp >= lockedUntil[msg.sender], "dh3");
        require(shares != 0 && balanceOf[msg.sender] >= shares, "dh12");
        uint256[] memory values = _values();
        _takeFees(_sumIfAny(values));
        (, uint256 exit) = IVaultManager(logic).gateFees();
        uint256 fee = msg.sender == manager ? 0 : shares * exit / 10_000;
        if (fee != 0) _move(msg.sender, manager, fee);
        uint256 whole = totalSupply;
        uint256 part = shares - fee;
        _burn(msg.sender, part);
        uint256 left = totalSupply;
        require(left == 0 || left >= FEWEST_SHARES, "dh10");
        _reckonLess(left, whole);
        _payOut(part, whole, to);
        require(totalSupply == left, "dh17");
        require(_fellByNoMore(values, part, whole), "dh16");
        emit Withdrawn(msg.sender, to, part);
        _leave();
    }

    /// What all assets are worth, or nothing if that of one cannot be told.
    function _sumIfAny(uint256[] memory values) private pure returns (uint256 sum) {
        for (uint256 i; i < values.length; ++i) {
            if (values[i] == Outside.UNREADABLE) return 0;
            sum += values[i];
        }
    }

    /// Whether what is left is worth no less than it should be. What cannot be weighed before or after keeps
    /// nobody in; it only takes itself out of the reckoning.
    function _fellByNoMore(uint256[] memory values, uint256 part, uint256 whole) private view returns (bool) {
        uint256[] memory words = _words();
        (uint256 had, uint256 has) = (0, 0);
        for (uint256 i; i < values.length; ++i) {
            if (values[i] == Outside.UNREADABLE) continue;
            uint256 value = _valueOf(words[i]);
            if (value == Outside.UNREADABLE) continue;
            had += values[i];
            has += value;
        }
        return has + (had * part + whole - 1) / whole + ROUNDING >= had;
    }

    function _takeFees(uint256 value) private {
        uint256 supply = totalSupply;
        uint256 shares = IVaultManager(logic).accrue(supply, value);
        if (shares == 0) return;
        _mint(manager, shares);
        emit FeesTaken(manager, shares);
    }

    /// What is not to be trusted must not set the price of a share.
    function _allListed() private view {
        uint256[] memory words = _words();
        for (uint256 i; i < words.length; ++i) {
            address asset = address(uint160(words[i]));
            if (!REGISTRY.mayHold(asset)) revert NotListed(asset);
        }
    }

    /// Seconds until the shares move again: all of it for the first ones, then what is left and the new
    /// shares' part, never more than the whole and never less than a second.
    function _cooldown(uint256 whole, uint256 minted) private view returns (uint256) {
        uint256 until = lockedUntil[msg.sender];
        uint256 rest = until > block.timestamp ? until - block.timestamp : 0;
        uint256 held = balanceOf[msg.sender];
        uint256 next = held == 0 ? whole : rest + whole * minted / held;
        if (next > whole) next = whole;
        // A shorter one never shortens what is left.
        if (next < rest) next = rest;
        return next == 0 ? 1 : next;
    }
}
