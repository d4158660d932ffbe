"""What we ask FlightLogger for, and no more: no names of people, no bookings, no money. Source: api-ref, 7.2 to 7.4."""

ACCOUNT = """
query Account {
  account { company subdomain disabled }
  aircraft(first: 1) { nodes { primaryLog { type } } }
}
"""

AIRCRAFT = """
query Aircraft($first: Int!, $after: String) {
  aircraft(first: $first, after: $after) {
    nodes {
      id callSign model aircraftClass disabled totalLandings
      primaryLog { ...configuration } secondaryLog { ...configuration } tertiaryLog { ...configuration }
    }
    pageInfo { hasNextPage endCursor }
  }
}
fragment configuration on FlightLogConfiguration { type measurementType totalSeconds }
"""

# offBlock and onBlock are deprecated, and the only moments that a flight with decimal logs alone is sure to have.
FLIGHTS = """
query Flights($first: Int!, $after: String, $from: DateTime, $changedAfter: DateTime) {
  flights(all: true, from: $from, changedAfter: $changedAfter, first: $first, after: $after) {
    nodes {
      id offBlock onBlock
      aircraft { id callSign model aircraftClass disabled }
      departureAirport { name } arrivalAirport { name }
      primaryLog { ...amount } secondaryLog { ...amount } tertiaryLog { ...amount }
      landings { landingType landingTypeCount }
    }
    pageInfo { hasNextPage endCursor }
  }
}
fragment amount on FlightLog { type durationSeconds startsAt endsAt }
"""

DELETED_FLIGHTS = """
query DeletedFlights($first: Int!, $after: String, $from: DateTime) {
  versions(types: [FLIGHT], from: $from, first: $first, after: $after) {
    nodes { ... on Deletion { entityId entityType eventType } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
