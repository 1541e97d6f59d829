extension Engine {
    /// The groups of STAT that a server knows; nil for one that it doesn't.
    ///
    /// It compares beginnings only where memcached does: `settingsx` is `settings`, while `itemsx` is unknown. So is `conns`,
    /// which memcached has in its text protocol alone.
    mutating func statistics(of group: String) -> [(name: String, value: String)]? {
        switch group {
        case "":
            return general
        case _ where group.hasPrefix("reset"):
            counts = EngineCounts()
            return []
        case _ where group.hasPrefix("settings"):
            return settingsReport
        case _ where group.hasPrefix("detail dump"):
            return [("detailed", "END\r\n")]
        case _ where group.hasPrefix("detail on"), _ where group.hasPrefix("detail off"):
            return []
        case "items":
            return itemsReport
        case "slabs":
            return slabsReport
        case "sizes":
            return [("sizes_status", "disabled")]
        default:
            return nil
        }
    }

    private var general: [(name: String, value: String)] {
        identity + connectionCounts + commandCounts + memory
    }

    private var identity: [(name: String, value: String)] {
        [
            ("pid", "\(pid)"),
            ("uptime", "\(clock.uptime)"),
            ("time", "\(clock.unixTime)"),
            ("version", settings.version),
            ("pointer_size", "\(UInt.bitWidth)"),
        ]
    }

    private var connectionCounts: [(name: String, value: String)] {
        [
            ("max_connections", "\(settings.maximumConnections)"),
            ("curr_connections", "\(openConnections)"),
            ("total_connections", "\(counts.totalConnections)"),
            ("rejected_connections", "\(counts.rejectedConnections)"),
            ("connection_structures", "\(openConnections)"),
        ]
    }

    private var commandCounts: [(name: String, value: String)] {
        [
            ("cmd_get", "\(counts.getHits + counts.getMisses)"),
            ("cmd_set", "\(counts.sets)"),
            ("cmd_flush", "\(counts.flushes)"),
            ("cmd_touch", "\(counts.touchHits + counts.touchMisses)"),
            ("get_hits", "\(counts.getHits)"),
            ("get_misses", "\(counts.getMisses)"),
            ("get_expired", "\(counts.getExpired)"),
            ("get_flushed", "\(counts.getFlushed)"),
            ("delete_misses", "\(counts.deleteMisses)"),
            ("delete_hits", "\(counts.deleteHits)"),
            ("incr_misses", "\(counts.incrementMisses)"),
            ("incr_hits", "\(counts.incrementHits)"),
            ("decr_misses", "\(counts.decrementMisses)"),
            ("decr_hits", "\(counts.decrementHits)"),
            ("cas_misses", "\(counts.casMisses)"),
            ("cas_hits", "\(counts.casHits)"),
            ("cas_badval", "\(counts.casMismatches)"),
            ("touch_hits", "\(counts.touchHits)"),
            ("touch_misses", "\(counts.touchMisses)"),
            ("store_too_large", "\(counts.tooLarge)"),
            ("store_no_memory", "\(counts.outOfMemory)"),
            ("auth_cmds", "0"),
            ("auth_errors", "0"),
            ("bytes_read", "\(counts.bytesRead)"),
            ("bytes_written", "\(counts.bytesWritten)"),
        ]
    }

    private var memory: [(name: String, value: String)] {
        [
            ("limit_maxbytes", "\(settings.memoryLimit)"),
            ("accepting_conns", "1"),
            ("threads", "4"),
            ("bytes", "\(table.bytes)"),
            ("curr_items", "\(table.count)"),
            ("total_items", "\(counts.totalItems)"),
            ("evictions", "\(counts.evictions)"),
        ]
    }

    private var settingsReport: [(name: String, value: String)] {
        func yes(_ flag: Bool) -> String { flag ? "yes" : "no" }
        return [
            ("maxbytes", "\(settings.memoryLimit)"),
            ("maxconns", "\(settings.maximumConnections)"),
            ("udpport", "0"),
            ("verbosity", "0"),
            ("evictions", settings.evictsWhenFull ? "on" : "off"),
            ("num_threads", "4"),
            ("stat_key_prefix", ":"),
            ("detail_enabled", "no"),
            ("cas_enabled", yes(settings.isCASEnabled)),
            ("binding_protocol", "auto-negotiate"),
            ("auth_enabled_sasl", "no"),
            ("auth_enabled_ascii", "no"),
            ("item_size_max", "\(settings.itemSizeLimit)"),
            ("maxconns_fast", "yes"),
            ("flush_enabled", yes(settings.isFlushEnabled)),
            ("idle_timeout", "0"),
            ("ssl_enabled", "no"),
        ]
    }

    /// A real server has many slab classes; this one keeps all items in class 1.
    private var itemsReport: [(name: String, value: String)] {
        guard table.count > 0 else { return [] }
        return [
            ("items:1:number", "\(table.count)"),
            ("items:1:age", "\(age)"),
            ("items:1:mem_requested", "\(table.bytes)"),
            ("items:1:evicted", "\(counts.evictions)"),
            ("items:1:outofmemory", "\(counts.outOfMemory)"),
        ]
    }

    /// How long ago the item that was used longest ago was stored, in seconds.
    private var age: Int64 {
        table.leastRecentlyUsed.flatMap { table[$0] }.map { clock.now - $0.storedAt } ?? 0
    }

    private var slabsReport: [(name: String, value: String)] {
        let classes: [(name: String, value: String)] = [
            ("1:chunk_size", "\(settings.itemSizeLimit)"),
            ("1:used_chunks", "\(table.count)"),
            ("1:get_hits", "\(counts.getHits)"),
            ("1:cmd_set", "\(counts.sets)"),
        ]
        return (table.count > 0 ? classes : []) + [
            ("active_slabs", table.count > 0 ? "1" : "0"),
            ("total_malloced", "\(table.bytes)"),
        ]
    }
}
