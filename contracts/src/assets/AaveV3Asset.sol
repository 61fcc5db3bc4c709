// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard, Step} from "../interfaces/IAssetGuard.sol";
import {IGuardRegistry} from "../interfaces/IGuardRegistry.sol";
import {IVault} from "../interfaces/IVault.sol";
import {IAaveV3Pool} from "../protocols/IAaveV3.sol";
import {IERC20} from "../protocols/IERC20.sol";
import {Asset} from "./Asset.sol";

/// @notice A debt stands in the way: taking this part out would leave the rest too close to liquidation,
/// or it is the last part. The manager has to repay first.
error DebtOpen(uint256 debt);

/// @title A position in an Aave V3 pool, under the pool's own address, net of debt.
/// @notice A debt cannot be handed over, and paying it from the vault's other assets would take from those
/// who stay. So with a debt open, who withdraws gets collateral worth their part of what is left after
/// the debt; the debt stays with those who stay, whose health factor falls by the same part. Below
/// `HEALTH` that is refused, and so is the last part of all.
contract AaveV3Asset is Asset {
    /// The least health factor that a withdrawal may leave, with 18 decimals.
    uint256 public constant HEALTH = 1.1e18;

    /// @dev One reserve in which the vault has something.
    struct Holding {
        address asset;
        uint256 supplied;
        uint256 owed;
    }

    constructor(IGuardRegistry registry) Asset(registry) {}

    /// @notice The position has no unit but what it is worth.
    /// @inheritdoc IAssetGuard
    function balance(address vault, address asset) external view returns (uint256) {
        return value(vault, asset);
    }

    /// @inheritdoc IAssetGuard
    function value(address vault, address asset) public view returns (uint256) {
        (uint256 supplied, uint256 owed) = _sums(_holdings(vault, IAaveV3Pool(asset)));
        return supplied > owed ? supplied - owed : 0;
    }

    /// @notice Nothing supplied and nothing owed in any reserve that counts. No price is asked for.
    /// @inheritdoc IAssetGuard
    function removable(address vault, address asset) external view returns (bool) {
        Holding[] memory holdings = _holdings(vault, IAaveV3Pool(asset));
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].supplied != 0 || holdings[i].owed != 0) return false;
        }
        return true;
    }

    /// @inheritdoc IAssetGuard
    function unwind(address vault, address asset, uint256 part, uint256 whole, address receiver)
        external
        view
        returns (address paid, uint256 amount, Step[] memory steps)
    {
        Holding[] memory holdings = _holdings(vault, IAaveV3Pool(asset));
        (uint256 supplied, uint256 owed) = (0, 0);
        // Without a debt nothing has to be compared, and so no price is asked for.
        if (_debts(holdings)) (supplied, owed) = _sums(holdings);
        if (owed != 0) _healthy(vault, asset, part, whole, supplied, owed);
        uint256 count = 0;
        steps = new Step[](holdings.length);
        for (uint256 i = 0; i < holdings.length; ++i) {
            uint256 taken = _part(holdings[i].supplied, part, whole);
            if (owed != 0) taken = taken * (supplied - owed) / supplied;
            if (taken == 0) continue;
            steps[count++] =
                Step(asset, abi.encodeCall(IAaveV3Pool.withdraw, (holdings[i].asset, taken, receiver)));
        }
        return (address(0), 0, _first(steps, count));
    }

    /// @dev Every reserve is reduced by the same part, so the health factor is too.
    function _healthy(address vault, address asset, uint256 part, uint256 whole, uint256 supplied, uint256 owed)
        private
        view
    {
        if (part >= whole || owed >= supplied) revert DebtOpen(owed);
        (,,,,, uint256 health) = IAaveV3Pool(asset).getUserAccountData(vault);
        uint256 left = supplied - _part(supplied - owed, part, whole);
        if (health * left / supplied < HEALTH) revert DebtOpen(owed);
    }

    function _debts(Holding[] memory holdings) private pure returns (bool) {
        for (uint256 i = 0; i < holdings.length; ++i) {
            if (holdings[i].owed != 0) return true;
        }
        return false;
    }

    /// @dev In USD with 18 decimals.
    function _sums(Holding[] memory holdings) private view returns (uint256 supplied, uint256 owed) {
        for (uint256 i = 0; i < holdings.length; ++i) {
            supplied += _worth(holdings[i].asset, holdings[i].supplied);
            owed += _worth(holdings[i].asset, holdings[i].owed);
        }
    }

    /// @dev Anyone may supply anything for the vault. What it got so of an asset that never was listed
    /// and is not enabled counts for nothing and is left alone, or a stranger could make the position unpriceable.
    function _holdings(address vault, IAaveV3Pool pool) private view returns (Holding[] memory holdings) {
        address[] memory reserves = pool.getReservesList();
        holdings = new Holding[](reserves.length);
        for (uint256 i = 0; i < reserves.length; ++i) {
            IAaveV3Pool.Reserve memory reserve = pool.getReserveData(reserves[i]);
            uint256 owed = _balance(reserve.variableDebtToken, vault) + _balance(reserve.stableDebtToken, vault);
            uint256 supplied = _balance(reserve.aToken, vault);
            if (supplied == 0 && owed == 0) continue;
            if (owed == 0 && !_counts(vault, reserves[i])) continue;
            holdings[i] = Holding(reserves[i], supplied, owed);
        }
    }

    function _counts(address vault, address asset) private view returns (bool) {
        return _registry.feedOf(asset) != address(0) || IVault(vault).isEnabled(asset);
    }

    /// @dev Newer pools have no token for stable debt.
    function _balance(address token, address vault) private view returns (uint256) {
        return token == address(0) ? 0 : IERC20(token).balanceOf(vault);
    }

    function _first(Step[] memory steps, uint256 count) private pure returns (Step[] memory few) {
        few = new Step[](count);
        for (uint256 i = 0; i < count; ++i) {
            few[i] = steps[i];
        }
    }
}
