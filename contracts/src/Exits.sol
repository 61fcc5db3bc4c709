// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard, Step} from "./interfaces/IAssetGuard.sol";
import {Escrow} from "./Escrow.sol";
import {Outside} from "./Outside.sol";
import {Watch} from "./Watch.sol";

/// @title How shareholders get their part of what a vault holds.
/// @notice A part of every asset is handed over, each by itself. What cannot be handed over holds up
/// nothing else: it waits in escrow when only its receiver cannot take it, and as a claim on the asset
/// when nothing can be done about the asset at all.
abstract contract Exits is Watch {
    /// The parts of an asset that is claimed.
    uint128 private constant WHOLE = 1e27;
    /// What rounding may cost, in USD with 18 decimals.
    uint256 internal constant ROUNDING = 1e15;
    /// Whoever settles one claim may give it all there is.
    uint256 private constant ALL_GAS = type(uint256).max;

    Escrow internal immutable ESCROW;

    mapping(address asset => mapping(address account => uint256)) private _claimed;

    event Paid(address indexed account, address indexed asset, address token, uint256 amount);
    event Escrowed(address indexed account, address indexed token, uint256 amount);
    event ClaimMade(address indexed account, address indexed asset, uint256 parts);
    event ClaimPaid(address indexed account, address indexed asset, uint256 parts);

    /// Only the vault itself may ask this.
    error NotVault();
    /// An asset gave more than its part.
    error TooMuch(address asset);
    /// A step of taking a position apart may not go there.
    error BadStep(address to);
    error NoClaim();

    /// @notice Where what could not be paid waits.
    function escrow() external view returns (address) {
        return address(ESCROW);
    }

    /// @notice How many parts of an asset an account has yet to be paid, and of how many.
    function claimOf(address account, address asset) external view returns (uint256 parts, uint256 whole) {
        return (_claimed[asset][account], _ledgers[asset].total);
    }

    /// @notice Hands over what is claimed, once it can be; anybody may ask for anybody.
    function settleClaim(address account, address asset) external {
        _enter(WITHDRAWAL);
        uint256 parts = _claimed[asset][account];
        if (parts == 0) revert NoClaim();
        delete _claimed[asset][account];
        Ledger storage ledger = _ledgers[asset];
        uint256 whole = ledger.total;
        ledger.total = uint128(whole - parts);
        if (!_tried(asset, parts, whole, account, ALL_GAS)) revert Claimed(asset);
        emit ClaimPaid(account, asset, parts);
        if (ledger.own == ledger.total) _release(asset);
        _leave();
    }

    /// @notice Hands over a part of one asset. Only the vault asks this of itself, so that a failure undoes
    /// that asset's steps alone.
    function unwind(address asset, uint256 part, uint256 whole, address to, address account) external {
        if (msg.sender != address(this)) revert NotVault();
        (address guard,, uint16 assetType) = REGISTRY.exitOf(asset);
        uint256 word = uint160(asset) | (uint256(assetType) << 160);
        uint256 had = _measure(word);
        _handPart(guard, asset, part, whole, to, account);
        uint256 has = _measure(word);
        if (had == Outside.UNREADABLE) return;
        // One unit, or a tenth of a cent, is rounding's.
        uint256 most = (had * part + whole - 1) / whole + (assetType == 0 ? 0 : ROUNDING);
        if (has == Outside.UNREADABLE || has + most < had) revert TooMuch(asset);
    }

    /// Has the guard take the position apart, and sends what it says.
    function _handPart(address guard, address asset, uint256 part, uint256 whole, address to, address account)
        private
    {
        (address paid, uint256 amount, Step[] memory steps) =
            IAssetGuard(guard).unwind(address(this), asset, part, whole, to);
        _handOver();
        _takeSteps(steps);
        if (paid != address(0) && amount != 0) {
            Outside.transfer(paid, to, amount);
            emit Paid(account, asset, paid, amount);
            if (to == address(ESCROW)) emit Escrowed(account, paid, ESCROW.credit(paid, account));
        } else if (to == address(ESCROW) && steps.length != 0) {
            // What steps hand over by themselves, nobody could write down there.
            revert BadStep(to);
        }
        _takeBack();
    }

    function _takeSteps(Step[] memory steps) private {
        for (uint256 i; i < steps.length; ++i) {
            address target = steps[i].to;
            if (target == address(this) || target == logic) revert BadStep(target);
            (bool ok, bytes memory told) = target.call(steps[i].data);
            if (!ok) Outside.bubble(told);
        }
    }

    /// Hands over a part of every asset.
    function _payOut(uint256 part, uint256 whole, address to) internal {
        uint256[] memory words = _words();
        for (uint256 i; i < words.length; ++i) {
            address asset = address(uint160(words[i]));
            if (words[i] & CLAIMED == 0) {
                if (!_tried(asset, part, whole, to, Outside.MOST_GAS)) _claim(i, asset, part, whole, to);
                continue;
            }
            Ledger storage ledger = _ledgers[asset];
            uint256 parts = ledger.own * part / whole;
            if (parts == 0) continue;
            uint256 total = ledger.total;
            ledger.own -= uint128(parts);
            ledger.total = uint128(total - parts);
            if (!_tried(asset, parts, total, to, Outside.MOST_GAS)) {
                ledger.total = uint128(total);
                _claimed[asset][to] += parts;
                emit ClaimMade(to, asset, parts);
            }
        }
    }

    /// To the account, or else to the escrow: a receiver that takes nothing, or burns the gas for it, must not
    /// hold the asset still for everybody.
    function _tried(address asset, uint256 part, uint256 whole, address account, uint256 most) private returns (bool) {
        return _attempted(asset, part, whole, account, account, most)
            || _attempted(asset, part, whole, address(ESCROW), account, most);
    }

    function _attempted(address asset, uint256 part, uint256 whole, address to, address account, uint256 most)
        private
        returns (bool)
    {
        uint256 had = gasleft();
        try this.unwind{gas: most}(asset, part, whole, to, account) {
            return true;
        } catch {
            if (most != ALL_GAS) Outside.enough(had, most);
            return false;
        }
    }

    /// Writes down that a part of the asset is not the shareholders' any more.
    function _claim(uint256 index, address asset, uint256 part, uint256 whole, address account) private {
        uint256 parts = WHOLE * part / whole;
        _ledgers[asset] = Ledger(uint128(WHOLE - parts), WHOLE);
        _claimed[asset][account] = parts;
        _list[index] |= CLAIMED;
        if (!_claims) {
            _claims = true;
            _seat();
        }
        emit ClaimMade(account, asset, parts);
    }

    /// The last claim on the asset is paid.
    function _release(address asset) private {
        delete _ledgers[asset];
        _list[_place[asset] - 1] &= ~CLAIMED;
        uint256[] memory words = _words();
        for (uint256 i; i < words.length; ++i) {
            if (words[i] & CLAIMED != 0) return;
        }
        _claims = false;
        _seat();
    }
}
