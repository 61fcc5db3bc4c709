//! What an action would cost: an estimate the agent cannot talk down.

use super::Prices;
use crate::{
    amount::Micros,
    catalogue::{count::Count, demand::Demand, row::Spends},
    facts::Unit,
    label::Label,
};

/// What an action would cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Estimate {
    /// US dollars; `None` when it cannot be told.
    pub usd: Option<Micros>,
    /// GPU-hours; `None` when it cannot be told.
    pub gpu_hours: Option<Micros>,
}

impl Estimate {
    /// The amount in one unit.
    #[must_use]
    pub const fn of(&self, unit: Unit) -> Option<Micros> {
        match unit {
            Unit::Usd => self.usd,
            Unit::GpuHours => self.gpu_hours,
        }
    }
}

/// A price list, ready to use.
#[derive(Clone, Debug, Default)]
pub struct PriceList {
    by_gpu_type: Vec<(Label, f64)>,
    /// For types that are not listed or not named: the default, else the dearest there is.
    otherwise: Option<f64>,
    default_hours: Option<f64>,
}

impl PriceList {
    /// The price list of a tenant.
    #[must_use]
    pub fn new(prices: &Prices) -> Self {
        let default = prices
            .gpu_hour_usd
            .iter()
            .find(|(name, _)| is_default(name));
        let dearest = prices.gpu_hour_usd.values().copied().reduce(f64::max);
        Self {
            by_gpu_type: prices
                .gpu_hour_usd
                .iter()
                .filter(|(name, _)| !is_default(name))
                .map(|(name, price)| (Label::new(name), *price))
                .collect(),
            otherwise: default.map(|(_, price)| *price).or(dearest),
            default_hours: prices.default_hours,
        }
    }

    /// What an action would cost: the larger of what it says and of what its GPUs cost for the
    /// hours it says or, without a word, for the default hours.
    ///
    /// *Fails closed:* what should be computed and cannot be is `None`, whatever the action says.
    #[must_use]
    pub fn estimate(&self, demand: &Demand<'_>, spends: Spends) -> Estimate {
        let gpus = match spends {
            // To cancel eight GPUs' work costs nothing.
            Spends::Nothing => Count::Of(0.0),
            Spends::Stated => demand.gpus().or_more(Count::Of(0.0)),
            Spends::GpuTime if demand.gpus() == Count::Unstated => Count::Unclear,
            Spends::GpuTime => demand.gpus(),
        };
        let gpu_hours = self.gpu_hours(demand, gpus);
        let price = self
            .price(demand.gpu_type)
            .filter(|_| gpus != Count::Of(0.0));
        let computed = price.map_or(Count::Unstated, |price| gpu_hours.times(Count::of(price)));
        let usd = match (demand.stated_usd.or_more(computed), spends) {
            (Count::Unstated, Spends::Nothing) => Count::Of(0.0),
            (usd, _) => usd,
        };
        Estimate {
            usd: micros(usd),
            gpu_hours: micros(gpu_hours),
        }
    }

    fn gpu_hours(&self, demand: &Demand<'_>, gpus: Count) -> Count {
        let stated = demand.stated_gpu_hours;
        if gpus == Count::Of(0.0) {
            return stated.or_more(gpus);
        }
        let hours = match demand.hours {
            Count::Unstated => self.default_hours.map_or(Count::Unstated, Count::of),
            hours => hours,
        };
        match hours {
            // Nobody says for how long, but for how many GPU-hours.
            Count::Unstated if gpus != Count::Unclear => stated,
            hours => stated.or_more(gpus.times(hours)),
        }
    }

    /// The price of one GPU for one hour; `None` when there is no price at all.
    #[must_use]
    pub fn price(&self, gpu_type: Option<&str>) -> Option<f64> {
        let same =
            |name: &Label, gpu_type: &str| name.as_str().eq_ignore_ascii_case(gpu_type.trim());
        gpu_type
            .and_then(|kind| self.by_gpu_type.iter().find(|(name, _)| same(name, kind)))
            .map(|(_, price)| *price)
            .or(self.otherwise)
    }
}

/// What a read costs: nothing, unless it says so.
#[must_use]
pub fn of_read(demand: &Demand<'_>) -> Estimate {
    let stated = |count: Count| match count {
        Count::Unstated => Some(Micros::ZERO),
        count => micros(count),
    };
    Estimate {
        usd: stated(demand.stated_usd),
        gpu_hours: stated(demand.stated_gpu_hours),
    }
}

fn micros(count: Count) -> Option<Micros> {
    count.known().and_then(Micros::from_units)
}

fn is_default(name: &str) -> bool {
    name.eq_ignore_ascii_case("default")
}
