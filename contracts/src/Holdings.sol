// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetGuard} from "./interfaces/IAssetGuard.sol";
import {IERC20} from "./interfaces/IERC20.sol";
import {IGuardRegistry} from "./interfaces/IGuardRegistry.sol";
import {IPriceFeed} from "./interfaces/IPriceFeed.sol";
import {Outside} from "./Outside.sol";
import {Seats} from "./Seats.sol";
import {Words} from "./Words.sol";

/// @title What a vault holds, and what that is worth.
/// @notice Assets of type zero are plain tokens: one is worth its balance times its price. What any
/// other is worth, its asset guard says.
abstract contract Holdings is Seats {
    using Words for uint256[];

    /// The most assets of a vault.
    uint256 public constant MOST_ASSETS = 12;

    /// An asset that is worth more, in USD with 18 decimals, is worth nothing that could be reckoned with.
    uint256 private constant MOST_VALUE = type(uint128).max;

    uint256 internal constant DEPOSITS = 1 << 184;
    uint256 internal constant CLAIMED = 1 << 185;

    IGuardRegistry internal immutable REGISTRY;

    /// Who owns which part of one asset while claims on it are open.
    struct Ledger {
        uint128 own;
        uint128 total;
    }

    /// What is read before every watched call, in one word:
    /// how many assets 8 | version of the list 32 | value at the last reckoning in cents 40 | number of
    /// the newest bucket 32 | what was lost in the last nine buckets 9 * 16
    uint256 internal _state;
    /// asset 160 | type 16 | decimals 8 | flags 8; the highest type comes first
    uint256[MOST_ASSETS] internal _list;
    /// Where an asset stands in the list, from one.
    mapping(address asset => uint256) internal _place;
    mapping(address asset => Ledger) internal _ledgers;

    event AssetAdded(address indexed asset, uint16 assetType, bool deposits);
    event AssetRemoved(address indexed asset);

    /// The asset is there already, or not at all.
    error BadAsset(address asset);
    /// The asset has no guard, no feed, or neither is to be trusted now.
    error NotListed(address asset);
    error TooManyAssets();
    /// Something of the asset is left.
    error NotEmpty(address asset);
    /// Somebody has yet to be paid in this asset; until then it is held still.
    error Claimed(address asset);

    /// @notice Takes an asset on the list.
    /// @param deposits Whether it may be deposited; only plain tokens can.
    function addAsset(address asset, bool deposits) external onlyLogic {
        _enter(0);
        if (_place[asset] != 0) revert BadAsset(asset);
        (address guard, address feed, uint16 assetType) = REGISTRY.assetOf(asset);
        if (guard == address(0) || feed == address(0)) revert NotListed(asset);
        if (IPriceFeed(feed).price() == 0) revert NotListed(asset);
        if (deposits && assetType != 0) revert BadAsset(asset);
        uint256 word = uint160(asset) | (uint256(assetType) << 160);
        if (assetType == 0) {
            uint8 places = IERC20(asset).decimals();
            if (places > 36) revert BadAsset(asset);
            word |= uint256(places) << 176;
        }
        if (deposits) word |= DEPOSITS;
        uint256 count = uint8(_state);
        if (count == MOST_ASSETS) revert TooManyAssets();
        uint256 place = count;
        while (place > 0 && uint16(_list[place - 1] >> 160) < assetType) {
            _put(place, _list[place - 1]);
            --place;
        }
        _put(place, word);
        _turn(count + 1);
        emit AssetAdded(asset, assetType, deposits);
        _leave();
    }

    /// @notice Takes an asset of which nothing is left off the list.
    function removeAsset(address asset) external onlyLogic {
        _enter(0);
        uint256 place = _place[asset];
        if (place == 0) revert BadAsset(asset);
        if (_list[place - 1] & CLAIMED != 0) revert Claimed(asset);
        (address guard,,) = REGISTRY.exitOf(asset);
        if (guard == address(0)) revert NotListed(asset);
        if (!IAssetGuard(guard).removable(address(this), asset)) revert NotEmpty(asset);
        uint256 count = uint8(_state);
        for (; place < count; ++place) _put(place - 1, _list[place]);
        delete _list[count - 1];
        delete _place[asset];
        _turn(count - 1);
        emit AssetRemoved(asset);
        _leave();
    }

    /// @notice The registry that this vault asks.
    function registry() external view returns (address) {
        return address(REGISTRY);
    }

    /// @notice Whether the asset is on the vault's list.
    function isEnabled(address asset) public view returns (bool) {
        return _place[asset] != 0;
    }

    /// @notice Whether the asset may be deposited.
    function takesDeposits(address asset) public view returns (bool) {
        uint256 place = _place[asset];
        return place != 0 && _list[place - 1] & (DEPOSITS | CLAIMED) == DEPOSITS;
    }

    /// @notice The vault's list, the highest type first.
    function assets() external view returns (address[] memory all) {
        uint256[] memory words = _words();
        all = new address[](words.length);
        for (uint256 i; i < words.length; ++i) all[i] = address(uint160(words[i]));
    }

    /// @notice What the vault holds for its shareholders, in USD with 18 decimals.
    function totalValue() public view returns (uint256 sum) {
        _settled();
        uint256[] memory words = _words();
        for (uint256 i; i < words.length; ++i) {
            address asset = address(uint160(words[i]));
            (address guard,,) = REGISTRY.exitOf(asset);
            if (guard == address(0)) revert NotListed(asset);
            sum += _own(words[i], IAssetGuard(guard).value(address(this), asset));
        }
    }

    /// What each asset is worth to the shareholders in USD with 18 decimals, or UNREADABLE.
    function _values() internal view returns (uint256[] memory values) {
        uint256[] memory words = _words();
        values = new uint256[](words.length);
        for (uint256 i; i < words.length; ++i) values.put(i, _valueOf(words.get(i)));
    }

    function _valueOf(uint256 word) internal view returns (uint256) {
        address asset = address(uint160(word));
        (address guard,,) = REGISTRY.exitOf(asset);
        bytes memory question = abi.encodeCall(IAssetGuard.value, (address(this), asset));
        (bool ok, uint256 value) = Outside.wordWithin(guard, question, Outside.MOST_GAS);
        return ok && value <= MOST_VALUE ? _own(word, value) : Outside.UNREADABLE;
    }

    /// The shareholders' part of what an asset is worth.
    function _own(uint256 word, uint256 value) private view returns (uint256) {
        if (word & CLAIMED == 0) return value;
        Ledger memory ledger = _ledgers[address(uint160(word))];
        return value * ledger.own / ledger.total;
    }

    function _words() internal view returns (uint256[] memory words) {
        uint256 count = uint8(_state);
        words = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            uint256 word;
            assembly ("memory-safe") {
                word := sload(add(_list.slot, i))
            }
            words.put(i, word);
        }
    }

    /// Another list: its length, and the next version.
    function _turn(uint256 count) private {
        uint256 state = _state;
        uint256 version = uint32((state >> 8) + 1);
        _state = (state >> 40 << 40) | (version << 8) | count;
    }

    function _put(uint256 place, uint256 word) internal {
        _list[place] = word;
        _place[address(uint160(word))] = place + 1;
    }

    /// The price of one whole unit of a plain token, or UNREADABLE.
    function _price(address asset) internal view returns (uint256 price) {
        bool ok;
        (ok, price) = Outside.about(address(REGISTRY), IGuardRegistry.readPrice.selector, asset);
        if (!ok) price = Outside.UNREADABLE;
    }

    /// One whole unit of a plain token; it has 36 decimals at most.
    function _unit(uint256 word) internal pure returns (uint256) {
        unchecked {
            return 10 ** uint256(uint8(word >> 176));
        }
    }

    /// What some of a plain token on the list is worth.
    function _worthOf(address asset, uint256 amount) internal view returns (uint256) {
        uint256 price = _price(asset);
        if (price == Outside.UNREADABLE) revert NotListed(asset);
        return amount * price / _unit(_list[_place[asset] - 1]);
    }

    /// How much there is of a plain token, and what any other asset is worth.
    function _measure(uint256 word) internal view returns (uint256 amount) {
        address asset = address(uint160(word));
        if (uint16(word >> 160) == 0) return Outside.balance(asset, address(this));
        (address guard,,) = REGISTRY.exitOf(asset);
        if (guard == address(0)) return Outside.UNREADABLE;
        bool ok;
        (ok, amount) = Outside.word(guard, abi.encodeCall(IAssetGuard.value, (address(this), asset)));
        if (!ok) amount = Outside.UNREADABLE;
    }
}
