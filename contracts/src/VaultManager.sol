// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IHouse} from "./interfaces/IHouse.sol";
import {IVaultManager} from "./interfaces/IVaultManager.sol";
import {Conditions} from "./Seats.sol";
import {Vault} from "./Vault.sol";

/// @notice What the manager is paid, in parts of 10,000; management is by the year.
struct Fees {
    uint16 entry;
    uint16 exit;
    uint16 performance;
    uint16 management;
}

/// @title Who may change what about one vault.
/// @notice Guards never ask who sent a call; this is the layer above, where manager and trader differ.
/// Everything here waits while the vault is in the middle of something.
contract VaultManager is IVaultManager {
    uint16 public constant MOST_GATE_FEE = 200;
    uint16 public constant MOST_PERFORMANCE_FEE = 5_000;
    uint16 public constant MOST_MANAGEMENT_FEE = 300;
    /// How long something that costs shareholders is announced, in seconds.
    uint64 public constant NOTICE = 14 days;
    /// How long it may then be done, in seconds.
    uint64 public constant GRACE = 14 days;
    uint32 public constant MOST_COOLDOWN = 1 days;

    uint256 private constant PARTS = 10_000;
    /// The manager's pauses, and where those of the registry's people begin.
    uint8 private constant OWN = 3;
    uint8 private constant HOUSE = 2;

    Vault public vault;
    address public nextManager;
    /// Whether the trader may change the vault's assets.
    bool public traderChangesAssets;
    /// Whether the trader may open and close the vault.
    bool public traderTogglesPrivacy;
    /// Whether only members may deposit.
    bool public isPrivate;
    uint32 public cooldown;

    Fees private _fees;
    Fees private _nextFees;
    uint64 public feesReadyAt;
    Conditions private _nextConditions;
    uint64 public conditionsReadyAt;

    uint64 public accruedAt;
    /// The highest value of a share that fees were paid on, in USD with 18 decimals.
    uint256 public highWater;

    mapping(address account => bool) public isMember;

    event ManagerProposed(address indexed next);
    event TogglesChanged(bool traderChangesAssets, bool traderTogglesPrivacy);
    event PrivacyChanged(bool isPrivate);
    event MemberChanged(address indexed account, bool isMember);
    event CooldownChanged(uint32 cooldown);
    event FeesAnnounced(Fees fees, uint64 readyAt);
    event FeesChanged(Fees fees);
    event ConditionsAnnounced(Conditions conditions, uint64 readyAt);
    event AnnouncementCancelled();

    error Busy();
    error SetUp();
    error NotVault();
    error BadFees();
    error BadConditions();
    error NothingAnnounced();
    error TooEarly(uint64 readyAt);
    error TooLate(uint64 expiresAt);
    error BadPauses();
    error NotGuardian();
    error NotOwner();

    modifier settled() {
        if (vault.locked()) revert Busy();
        _;
    }

    modifier onlyManager() {
        require(msg.sender == vault.manager(), "dh4");
        if (vault.locked()) revert Busy();
        _;
    }

    constructor() {
        // Only its clones are ever set up.
        vault = Vault(address(1));
    }

    /// @notice Sets a clone up; its factory does so as it makes it.
    function setUp(Vault vault_, Fees calldata fees_, uint32 cooldown_, bool isPrivate_) external {
        if (address(vault) != address(0)) revert SetUp();
        _bounded(fees_);
        require(cooldown_ <= MOST_COOLDOWN, "dh6");
        vault = vault_;
        _fees = fees_;
        cooldown = cooldown_;
        isPrivate = isPrivate_;
        traderChangesAssets = true;
        accruedAt = uint64(block.timestamp);
        highWater = 1e18;
    }

    /// @notice The registry of the vault.
    function registry() external view returns (address) {
        return vault.registry();
    }

    // Roles.

    /// @notice Seats another trader, or none with zero.
    function setTrader(address trader) external onlyManager {
        vault.setTrader(trader);
    }

    /// @notice Offers the manager's seat; it is taken by `acceptManager`.
    function proposeManager(address next) external onlyManager {
        nextManager = next;
        emit ManagerProposed(next);
    }

    /// @notice Takes the manager's seat that was offered. The trader of before loses theirs.
    function acceptManager() external settled {
        require(msg.sender == nextManager, "dh4");
        nextManager = address(0);
        vault.setManager(msg.sender);
    }

    /// @notice The trader's two toggles: to change assets is on from the start, to open and close the
    /// vault is off.
    function setToggles(bool changesAssets, bool togglesPrivacy) external onlyManager {
        traderChangesAssets = changesAssets;
        traderTogglesPrivacy = togglesPrivacy;
        emit TogglesChanged(changesAssets, togglesPrivacy);
    }

    // Pauses.

    /// @notice Sets the manager's own pauses, at once: 1 stops deposits and trades, 2 trades alone, zero
    /// neither. Those of the registry's people stay.
    function setPauses(uint8 next) external onlyManager {
        if (next > OWN) revert BadPauses();
        vault.setPauses((vault.pauses() & ~OWN) | next);
    }

    /// @notice Sets those of the registry's people, with the same numbers. The guardian only adds to them;
    /// the owner ends them as well. The manager's stay.
    function setHousePauses(uint8 next) external settled {
        if (next > OWN) revert BadPauses();
        IHouse house = IHouse(vault.registry());
        uint8 now_ = vault.pauses();
        if (msg.sender != house.owner()) {
            if (msg.sender != house.guardian()) revert NotGuardian();
            if (next & (now_ >> HOUSE) != now_ >> HOUSE) revert NotOwner();
        }
        vault.setPauses((now_ & OWN) | (next << HOUSE));
    }

    // Assets.

    function addAsset(address asset, bool deposits) external settled {
        _maySeat(traderChangesAssets);
        vault.addAsset(asset, deposits);
    }

    function removeAsset(address asset) external settled {
        _maySeat(traderChangesAssets);
        vault.removeAsset(asset);
    }

    // Members.

    function setPrivate(bool isPrivate_) external settled {
        _maySeat(traderTogglesPrivacy);
        isPrivate = isPrivate_;
        emit PrivacyChanged(isPrivate_);
    }

    /// @notice Who may deposit while the vault is private; whoever is taken off keeps their shares and
    /// may withdraw.
    function setMembers(address[] calldata accounts, bool members) external onlyManager {
        for (uint256 i; i < accounts.length; ++i) {
            isMember[accounts[i]] = members;
            emit MemberChanged(accounts[i], members);
        }
    }

    /// @notice Seconds that shares are locked for after a deposit to come.
    function setCooldown(uint32 seconds_) external onlyManager {
        require(seconds_ <= MOST_COOLDOWN, "dh6");
        cooldown = seconds_;
        emit CooldownChanged(seconds_);
    }

    /// @inheritdoc IVaultManager
    function mayDeposit(address account) external view returns (bool) {
        return !isPrivate || isMember[account] || account == vault.manager();
    }

    // Fees.

    function fees() external view returns (Fees memory) {
        return _fees;
    }

    function nextFees() external view returns (Fees memory) {
        return _nextFees;
    }

    /// @inheritdoc IVaultManager
    function gateFees() external view returns (uint256 entry, uint256 exit) {
        return (_fees.entry, _fees.exit);
    }

    /// @notice Lowers fees at once; what is due at the old ones is minted first.
    function lowerFees(Fees calldata next) external onlyManager {
        if (!_within(next, _fees)) revert BadFees();
        vault.takeFees();
        _fees = next;
        emit FeesChanged(next);
    }

    /// @notice Announces fees of which any is higher.
    function announceFees(Fees calldata next) external onlyManager {
        _bounded(next);
        _nextFees = next;
        feesReadyAt = uint64(block.timestamp) + NOTICE;
        emit FeesAnnounced(next, feesReadyAt);
    }

    /// @notice Does what was announced, when its time has come and before it is over.
    function commitFees() external onlyManager {
        _inTime(feesReadyAt);
        vault.takeFees();
        _fees = _nextFees;
        feesReadyAt = 0;
        emit FeesChanged(_fees);
    }

    function cancelFees() external onlyManager {
        feesReadyAt = 0;
        emit AnnouncementCancelled();
    }

    /// @inheritdoc IVaultManager
    function accrue(uint256 supply, uint256 value) external returns (uint256 shares) {
        if (msg.sender != address(vault)) revert NotVault();
        uint256 time = block.timestamp - accruedAt;
        accruedAt = uint64(block.timestamp);
        if (supply == 0) {
            highWater = 1e18;
            return 0;
        }
        uint256 year = PARTS * 365 days;
        uint256 part = _fees.management * time;
        // After decades without a reckoning, half.
        if (part > year / 2) part = year / 2;
        shares = supply * part / (year - part);
        if (value == 0) return shares;
        uint256 price = value * 1e18 / (supply + shares);
        if (price <= highWater) return shares;
        uint256 gain = (price - highWater) * (supply + shares) / 1e18 * _fees.performance / PARTS;
        uint256 more = gain * (supply + shares) / (value - gain);
        shares += more;
        highWater = value * 1e18 / (supply + shares);
    }

    // Conditions.

    function nextConditions() external view returns (Conditions memory) {
        return _nextConditions;
    }

    /// @notice Makes the conditions stricter, at once.
    function tightenConditions(Conditions calldata next) external onlyManager {
        Conditions memory now_ = vault.conditions();
        bool keeps = next.checks & now_.checks == now_.checks;
        if (!keeps || next.lossPerCall > now_.lossPerCall || next.lossPerDay > now_.lossPerDay) {
            revert BadConditions();
        }
        _known(next);
        vault.setConditions(next);
    }

    /// @notice Announces conditions of which any is looser.
    function announceConditions(Conditions calldata next) external onlyManager {
        _known(next);
        _nextConditions = next;
        conditionsReadyAt = uint64(block.timestamp) + NOTICE;
        emit ConditionsAnnounced(next, conditionsReadyAt);
    }

    /// @notice Does what was announced, when its time has come and before it is over.
    function commitConditions() external onlyManager {
        _inTime(conditionsReadyAt);
        conditionsReadyAt = 0;
        vault.setConditions(_nextConditions);
    }

    function cancelConditions() external onlyManager {
        conditionsReadyAt = 0;
        emit AnnouncementCancelled();
    }

    // How it is kept.

    function _maySeat(bool trader) private view {
        bool may = msg.sender == vault.manager() || (trader && msg.sender == vault.trader());
        require(may, "dh4");
    }

    function _inTime(uint64 readyAt) private view {
        if (readyAt == 0) revert NothingAnnounced();
        if (block.timestamp < readyAt) revert TooEarly(readyAt);
        if (block.timestamp > readyAt + GRACE) revert TooLate(readyAt + GRACE);
    }

    function _bounded(Fees calldata next) private pure {
        if (!_within(next, Fees(MOST_GATE_FEE, MOST_GATE_FEE, MOST_PERFORMANCE_FEE, MOST_MANAGEMENT_FEE))) {
            revert BadFees();
        }
    }

    function _within(Fees calldata next, Fees memory most) private pure returns (bool) {
        return next.entry <= most.entry && next.exit <= most.exit && next.performance <= most.performance
            && next.management <= most.management;
    }

    function _known(Conditions calldata next) private pure {
        if (next.checks > 15) revert BadConditions();
    }
}
