// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What guards know of an Aave V3 pool.
interface IAaveV3Pool {
    struct Reserve {
        /// From the lowest bit: loan-to-value (16), liquidation threshold (16), both in ten-thousandths, and more.
        uint256 configuration;
        uint128 liquidityIndex;
        uint128 currentLiquidityRate;
        uint128 variableBorrowIndex;
        uint128 currentVariableBorrowRate;
        uint128 currentStableBorrowRate;
        uint40 lastUpdateTimestamp;
        uint16 id;
        address aToken;
        address stableDebtToken;
        address variableDebtToken;
        address interestRateStrategy;
        uint128 accruedToTreasury;
        uint128 unbacked;
        uint128 isolationModeTotalDebt;
    }

    function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;
    function withdraw(address asset, uint256 amount, address to) external returns (uint256);
    function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referralCode, address onBehalfOf) external;
    function repay(address asset, uint256 amount, uint256 rateMode, address onBehalfOf) external returns (uint256);
    function setUserUseReserveAsCollateral(address asset, bool useAsCollateral) external;

    function getReservesList() external view returns (address[] memory);
    function getReserveData(address asset) external view returns (Reserve memory);

    /// @return Two bits for each reserve, by its number from the lowest: it is borrowed, it is collateral.
    function getUserConfiguration(address user) external view returns (uint256);

    /// @return collateral In the unit of the pool's oracle.
    /// @return debt In the same.
    /// @return borrowable In the same.
    /// @return threshold Average liquidation threshold, in ten-thousandths.
    /// @return loanToValue Average, in ten-thousandths.
    /// @return health Health factor with 18 decimals.
    function getUserAccountData(address user)
        external
        view
        returns (
            uint256 collateral,
            uint256 debt,
            uint256 borrowable,
            uint256 threshold,
            uint256 loanToValue,
            uint256 health
        );
}
