/// Something that goes wrong. To add one: a case here, what it does in ``FaultScript``, and, where it lasts, its end there.
enum Fault: String, CaseIterable {
    /// A connection ends, its bytes cut anywhere.
    case reset, hangUp
    /// A connection whose peer is gone without a FIN.
    case vanish
    /// A direction carries nothing for a while.
    case stallToServer, stallToClient
    /// SIGSTOP and, later, SIGCONT.
    case stop
    /// The process ends; later another one is in its place, empty, with CAS values from 1.
    case restart
    /// The process's machine loses its power, and comes back.
    case powerLoss
    /// New connections are refused, or their first packets are dropped.
    case refuse, silence
    /// A caller is cancelled.
    case cancel
    /// The list of servers changes.
    case serverList
    /// What connections are made with changes, or their number.
    case settings
    /// An operator flushes, from elsewhere.
    case flush
    /// Another client stores something.
    case otherWriter
}
