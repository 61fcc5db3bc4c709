// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGuardRegistry} from "./interfaces/IGuardRegistry.sol";
import {IPriceFeed} from "./interfaces/IPriceFeed.sol";
import {Outside} from "./Outside.sol";

/// @title Which contracts and assets vaults may touch, and who judges them.
/// @notice What opens a way is announced, waits, and is committed before it expires. What closes one is
/// done at once: the owner delists, the owner or the guardian freezes, and only a new announcement
/// lifts a freeze. The code of everything listed is remembered; other code at the same address is not
/// listed. Either of them pauses all vaults at once; the owner alone ends that, which opens nothing that
/// was not announced before.
contract GuardRegistry is IGuardRegistry {
    /// The guard looks again after the call.
    uint256 public constant HOOKED = 1;
    /// Vaults may give it an allowance.
    uint256 public constant SPENDER = 2;
    /// Such an allowance may outlive the call.
    uint256 public constant STANDING = 4;

    uint256 private constant LISTED = 8;
    uint256 private constant FROZEN = 16;
    /// All vaults are paused. It stands in every destination's entry, which each call reads anyway, and in
    /// that of plain tokens for whoever asks without a destination.
    uint256 private constant PAUSED = 32;
    uint16 private constant PLAIN = 0;
    /// The most destinations, so that a pause reaches all of them in one transaction.
    uint256 public constant MOST_DESTINATIONS = 1_000;
    uint256 private constant MAY_BE_ASKED = HOOKED | SPENDER | STANDING;

    /// How long an addition waits, in seconds.
    uint64 public immutable delay;
    /// How long it may then be committed, in seconds.
    uint64 public immutable grace;

    address public owner;
    address public nextOwner;
    address public guardian;
    uint64 public epoch;

    /// guard 160 | flags 8 | print of destination and guard 88
    mapping(address destination => uint256) private _destinations;
    /// Every destination that was ever listed.
    address[] private _known;
    /// feed 160 | flags 8 | type 16 | print of asset and feed 72
    mapping(address asset => uint256) private _assets;
    /// guard 160 | flags 8 | print of the guard 88
    mapping(uint16 assetType => uint256) private _types;
    /// time it is ready 64 | what was announced 192
    mapping(bytes32 subject => uint256) private _announced;

    event Announced(bytes32 indexed subject, bytes32 what, uint64 readyAt, uint64 expiresAt);
    event Cancelled(bytes32 indexed subject);
    event DestinationListed(address indexed destination, address indexed guard, uint256 flags);
    event AssetListed(address indexed asset, address indexed feed, uint16 assetType);
    event TypeListed(uint16 indexed assetType, address indexed guard);
    event Restricted(address indexed destination, uint256 flags);
    event Delisted(address indexed subject);
    event Frozen(address indexed subject);
    event TypeFrozen(uint16 indexed assetType);
    event Paused(address indexed by);
    event Resumed(address indexed by);
    event OwnerProposed(address indexed next);
    event OwnerChanged(address indexed owner);
    event GuardianChanged(address indexed guardian);

    error NotOwner();
    error NotGuardian();
    error NoCode(address subject);
    error PartOfTheHouse(address subject);
    error BadFlags(uint256 flags);
    error NotListed(address subject);
    error NothingAnnounced(bytes32 subject);
    error TooEarly(uint64 readyAt);
    error TooLate(uint64 expiresAt);
    error BadDelay();
    error TooMany();

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner();
        _;
    }

    modifier onlyGuardian() {
        if (msg.sender != guardian && msg.sender != owner) revert NotGuardian();
        _;
    }

    constructor(address owner_, address guardian_, uint64 delay_, uint64 grace_) {
        if (owner_ == address(0) || delay_ < 1 hours || grace_ < 1 hours) revert BadDelay();
        if (delay_ > 365 days || grace_ > 365 days) revert BadDelay();
        owner = owner_;
        guardian = guardian_;
        delay = delay_;
        grace = grace_;
    }

    // What vaults and guards ask.

    /// @inheritdoc IGuardRegistry
    function guardOf(address destination) external view returns (address guard, bool hooked, uint64 now_) {
        (guard, hooked) = admit(destination);
        now_ = epoch;
    }

    /// @inheritdoc IGuardRegistry
    function admit(address destination) public view returns (address guard, bool hooked) {
        uint256 entry = _admit(destination);
        (guard, hooked) = (address(uint160(entry)), (entry >> 160) & HOOKED != 0);
    }

    /// @inheritdoc IGuardRegistry
    function admitted(address destination) external view returns (uint256) {
        uint256 entry = _admit(destination);
        // Those two flags, each in its own place.
        return uint160(entry) | (entry & (HOOKED << 160)) | ((entry & (PAUSED << 160)) >> 4);
    }

    /// The entry of a destination that may be called, or zero.
    function _admit(address destination) private view returns (uint256 entry) {
        entry = _destinations[destination];
        // Zero fails here as well.
        if ((entry >> 160) & (LISTED | FROZEN) != LISTED) return 0;
        if (entry >> 168 != _print(destination, address(uint160(entry))) >> 168) return 0;
    }

    /// @inheritdoc IGuardRegistry
    function paused() public view returns (bool) {
        return (_types[PLAIN] >> 160) & PAUSED != 0;
    }

    /// @inheritdoc IGuardRegistry
    function assetOf(address asset) external view returns (address guard, address feed, uint16 assetType) {
        uint256 flags;
        (guard, feed, assetType, flags) = _assetOf(asset);
        if (flags & (LISTED | FROZEN) != LISTED) return (address(0), address(0), 0);
    }

    /// @inheritdoc IGuardRegistry
    function exitOf(address asset) external view returns (address guard, address feed, uint16 assetType) {
        (guard, feed, assetType,) = _assetOf(asset);
    }

    /// @inheritdoc IGuardRegistry
    function mayHold(address asset) external view returns (bool) {
        uint256 entry = _assets[asset];
        if ((entry >> 160) & (LISTED | FROZEN) != LISTED) return false;
        return (_types[uint16(entry >> 168)] >> 160) & (LISTED | FROZEN) == LISTED;
    }

    /// @inheritdoc IGuardRegistry
    function feedOf(address asset) public view returns (address feed) {
        uint256 entry = _assets[asset];
        feed = address(uint160(entry));
        if (entry >> 184 != _print(asset, feed) >> 184) return address(0);
    }

    /// @inheritdoc IGuardRegistry
    function readPrice(address asset) external view returns (uint256 price) {
        address feed = feedOf(asset);
        bool ok;
        if (feed != address(0)) (ok, price) = Outside.word(feed, IPriceFeed.price.selector);
        if (!ok) price = Outside.UNREADABLE;
    }

    /// @inheritdoc IGuardRegistry
    function isSpender(address spender) external view returns (bool) {
        return (_destinations[spender] >> 160) & (LISTED | FROZEN | SPENDER) == LISTED | SPENDER;
    }

    /// @inheritdoc IGuardRegistry
    function isStanding(address spender) external view returns (bool) {
        uint256 both = SPENDER | STANDING;
        return (_destinations[spender] >> 160) & (LISTED | FROZEN | both) == LISTED | both;
    }

    /// @inheritdoc IGuardRegistry
    function knows(address subject) external view returns (bool) {
        return _destinations[subject] != 0 || _assets[subject] != 0;
    }

    /// @notice The guard of a type of assets; zero when there is none or it is frozen.
    function typeGuard(uint16 assetType) external view returns (address) {
        (address guard, uint256 flags) = _typeOf(assetType);
        return flags & (LISTED | FROZEN) == LISTED ? guard : address(0);
    }

    // What opens a way.

    /// @notice Announces that vaults may call `destination`, judged by `guard`.
    /// @param flags Of HOOKED, SPENDER and STANDING.
    function announceDestination(address destination, address guard, uint256 flags) external onlyOwner {
        _mayList(destination, guard, flags);
        _announce(keccak256(abi.encode("destination", destination)), _destination(destination, guard, flags));
    }

    /// @notice Does what was announced; anybody may, once the time has come.
    function commitDestination(address destination, address guard, uint256 flags) external {
        _mayList(destination, guard, flags);
        uint256 entry = _destination(destination, guard, flags);
        _commit(keccak256(abi.encode("destination", destination)), entry);
        if (_destinations[destination] == 0) {
            if (_known.length == MOST_DESTINATIONS) revert TooMany();
            _known.push(destination);
        }
        // What is listed meanwhile is paused as well.
        if (paused()) entry |= PAUSED << 160;
        _destinations[destination] = entry;
        emit DestinationListed(destination, guard, flags);
    }

    /// @notice Announces that vaults may hold `asset`.
    function announceAsset(address asset, address feed, uint16 assetType) external onlyOwner {
        _announce(keccak256(abi.encode("asset", asset)), _asset(asset, feed, assetType));
    }

    /// @notice Does what was announced; anybody may, once the time has come.
    function commitAsset(address asset, address feed, uint16 assetType) external {
        uint256 entry = _asset(asset, feed, assetType);
        _commit(keccak256(abi.encode("asset", asset)), entry);
        _assets[asset] = entry;
        emit AssetListed(asset, feed, assetType);
    }

    /// @notice Announces which guard holds, prices and takes apart assets of a type.
    function announceType(uint16 assetType, address guard) external onlyOwner {
        _announce(keccak256(abi.encode("type", assetType)), _destination(guard, guard, 0));
    }

    /// @notice Does what was announced; anybody may, once the time has come.
    function commitType(uint16 assetType, address guard) external {
        uint256 entry = _destination(guard, guard, 0);
        _commit(keccak256(abi.encode("type", assetType)), entry);
        // A new guard ends no pause.
        _types[assetType] = entry | (_types[assetType] & (PAUSED << 160));
        emit TypeListed(assetType, guard);
    }

    /// @notice Takes an announcement back.
    /// @param subject As its event names it.
    function cancel(bytes32 subject) external onlyGuardian {
        if (_announced[subject] == 0) revert NothingAnnounced(subject);
        delete _announced[subject];
        emit Cancelled(subject);
    }

    // What closes one.

    /// @notice Nobody may call `destination` any more, and what it was allowed may be revoked.
    function delistDestination(address destination) external onlyOwner {
        _close(_destinations, destination, LISTED, 0);
        emit Delisted(destination);
    }

    /// @notice Takes flags from a destination: it is no spender any more, or none that stands.
    function restrict(address destination, uint256 flags) external onlyOwner {
        if (flags & ~(SPENDER | STANDING) != 0) revert BadFlags(flags);
        _close(_destinations, destination, flags, 0);
        emit Restricted(destination, flags);
    }

    /// @notice No vault may add `asset` or get more of it; those that hold it can let go of it.
    function delistAsset(address asset) external onlyOwner {
        _close(_assets, asset, LISTED, 0);
        emit Delisted(asset);
    }

    /// @notice Closes a destination until it is announced anew.
    function freezeDestination(address destination) external onlyGuardian {
        _close(_destinations, destination, 0, FROZEN);
        emit Frozen(destination);
    }

    /// @notice Closes an asset until it is announced anew.
    function freezeAsset(address asset) external onlyGuardian {
        _close(_assets, asset, 0, FROZEN);
        emit Frozen(asset);
    }

    /// @notice Closes all assets of a type until its guard is announced anew.
    function freezeType(uint16 assetType) external onlyGuardian {
        uint256 entry = _types[assetType];
        if (entry == 0) revert NotListed(address(0));
        _types[assetType] = entry | (FROZEN << 160);
        ++epoch;
        emit TypeFrozen(assetType);
    }

    /// @notice Stops all vaults: nobody deposits, and nothing is traded. Whoever wants to leave does.
    function pause() external onlyGuardian {
        _types[PLAIN] |= PAUSED << 160;
        for (uint256 i; i < _known.length; ++i) _destinations[_known[i]] |= PAUSED << 160;
        ++epoch;
        emit Paused(msg.sender);
    }

    /// @notice Ends that, at once. The guardian cannot, not even for a pause of their own.
    function resume() external onlyOwner {
        _types[PLAIN] &= ~(PAUSED << 160);
        for (uint256 i; i < _known.length; ++i) _destinations[_known[i]] &= ~(PAUSED << 160);
        ++epoch;
        emit Resumed(msg.sender);
    }

    // Who decides.

    function proposeOwner(address next) external onlyOwner {
        nextOwner = next;
        emit OwnerProposed(next);
    }

    function acceptOwner() external {
        if (msg.sender != nextOwner) revert NotOwner();
        owner = msg.sender;
        nextOwner = address(0);
        emit OwnerChanged(msg.sender);
    }

    function setGuardian(address next) external onlyOwner {
        guardian = next;
        emit GuardianChanged(next);
    }

    // How it is kept.

    function _assetOf(address asset)
        private
        view
        returns (address guard, address feed, uint16 assetType, uint256 flags)
    {
        uint256 entry = _assets[asset];
        feed = address(uint160(entry));
        if (entry == 0 || entry >> 184 != _print(asset, feed) >> 184) return (address(0), address(0), 0, 0);
        assetType = uint16(entry >> 168);
        uint256 typeFlags;
        (guard, typeFlags) = _typeOf(assetType);
        flags = (entry >> 160) & (LISTED | FROZEN);
        flags |= typeFlags & FROZEN;
    }

    function _typeOf(uint16 assetType) private view returns (address guard, uint256 flags) {
        uint256 entry = _types[assetType];
        guard = address(uint160(entry));
        if (entry == 0 || entry >> 168 != _print(guard, guard) >> 168) return (address(0), FROZEN);
        flags = (entry >> 160) & (LISTED | FROZEN);
    }

    function _destination(address destination, address guard, uint256 flags) private view returns (uint256) {
        uint256 print = (_print(destination, guard) >> 168) << 168;
        return uint160(guard) | ((flags | LISTED) << 160) | print;
    }

    function _asset(address asset, address feed, uint16 assetType) private view returns (uint256) {
        _hasCode(asset);
        _hasCode(feed);
        uint256 print = (_print(asset, feed) >> 184) << 184;
        return uint160(feed) | (LISTED << 160) | (uint256(assetType) << 168) | print;
    }

    /// A vault, its manager and this registry are never called by a vault; nor is a guard of its own.
    function _mayList(address destination, address guard, uint256 flags) private view {
        if (flags & ~MAY_BE_ASKED != 0 || flags & (SPENDER | STANDING) == STANDING) revert BadFlags(flags);
        _hasCode(destination);
        _hasCode(guard);
        if (destination == address(this) || destination == guard) revert PartOfTheHouse(destination);
        (bool ok, bytes memory told) = destination.staticcall(abi.encodeWithSignature("registry()"));
        if (ok && told.length == 32 && uint256(bytes32(told)) == uint160(address(this))) {
            revert PartOfTheHouse(destination);
        }
    }

    /// An account that only points at code (EIP-7702) can point elsewhere tomorrow.
    function _hasCode(address subject) private view {
        bytes memory code = subject.code;
        if (code.length == 0) revert NoCode(subject);
        if (code.length == 23 && code[0] == 0xef && code[1] == 0x01 && code[2] == 0x00) revert NoCode(subject);
    }

    function _print(address one, address two) private view returns (uint256 print) {
        assembly ("memory-safe") {
            mstore(0, extcodehash(one))
            mstore(32, extcodehash(two))
            print := keccak256(0, 64)
        }
    }

    function _announce(bytes32 subject, uint256 entry) private {
        _hasCode(address(uint160(entry)));
        bytes32 what = keccak256(abi.encode(entry));
        uint64 readyAt = uint64(block.timestamp) + delay;
        _announced[subject] = (uint256(what) << 64) | readyAt;
        emit Announced(subject, what, readyAt, readyAt + grace);
    }

    function _commit(bytes32 subject, uint256 entry) private {
        uint256 announced = _announced[subject];
        bytes32 what = keccak256(abi.encode(entry));
        if (announced == 0 || announced >> 64 != (uint256(what) << 64) >> 64) revert NothingAnnounced(subject);
        uint64 readyAt = uint64(announced);
        if (block.timestamp < readyAt) revert TooEarly(readyAt);
        if (block.timestamp > readyAt + grace) revert TooLate(readyAt + grace);
        delete _announced[subject];
        ++epoch;
    }

    function _close(mapping(address => uint256) storage entries, address subject, uint256 less, uint256 more)
        private
    {
        uint256 entry = entries[subject];
        if (entry == 0) revert NotListed(subject);
        entries[subject] = (entry & ~(less << 160)) | (more << 160);
        ++epoch;
    }
}
