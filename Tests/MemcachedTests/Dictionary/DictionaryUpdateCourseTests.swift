import MemcachedFraming
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct DictionaryUpdateCourseTests {
    private func course(conflicts: Int = 0, unknown: Bool = false) throws -> UpdateCourse {
        var course = UpdateCourse(key: try ItemKey("profiles:ada"))
        course.conflicts = conflicts
        if unknown { course.unknownStore = MemcachedError(.outcomeUnknown, "no reply came") }
        return course
    }

    @Test(arguments: [MemcachedError.Code.timedOut, .cancelled, .connectionFailed, .undecodable, .outcomeUnknown])
    func `an error that meets no conflict stays what it is, and names the key`(code: MemcachedError.Code) throws {
        let error = try course().ending(with: MemcachedError(code, "so it is"))
        #expect(error.code == code)
        #expect(error.message == "so it is")
        #expect(error.key == "profiles:ada")
    }

    @Test func `a deadline that conflicts have used up says how many there were`() throws {
        let error = try course(conflicts: 7).ending(with: MemcachedError(.timedOut, "late"))
        #expect(error.code == .tooManyConflicts)
        #expect(error.message.contains("7 conflicts"))
        #expect(error.message.contains("deadline"))
        #expect((error.cause as? MemcachedError)?.code == .timedOut)
    }

    @Test(arguments: [MemcachedError.Code.cancelled, .connectionFailed, .outcomeUnknown])
    func `after conflicts only a deadline counts them`(code: MemcachedError.Code) throws {
        #expect(try course(conflicts: 7).ending(with: MemcachedError(code, "")).code == code)
    }

    @Test(arguments: [MemcachedError.Code.timedOut, .cancelled, .connectionFailed, .valueTooLarge])
    func `once a store's outcome is unknown, no end claims that nothing was stored`(code: MemcachedError.Code) throws {
        let error = try course(conflicts: 1, unknown: true).ending(with: MemcachedError(code, "so it is"))
        #expect(error.code == .outcomeUnknown)
        #expect(error.message.contains("so it is"))
        #expect((error.cause as? MemcachedError)?.code == code)
    }

    @Test func `attempts that are used up count their conflicts`() throws {
        let many = try course(conflicts: 3).outOfAttempts(3)
        #expect(many.code == .tooManyConflicts)
        #expect(many.message.contains("met 3 conflicts with other writers in 3 attempts, and stored nothing"))
        #expect(many.key == "profiles:ada")
        #expect(
            try course(conflicts: 1).outOfAttempts(1).message.contains("1 conflict with other writers in 1 attempt,")
        )
    }

    @Test func `attempts that are used up after an unknown store leave the outcome unknown`() throws {
        let error = try course(conflicts: 2, unknown: true).outOfAttempts(3)
        #expect(error.code == .outcomeUnknown)
        #expect((error.cause as? MemcachedError)?.message == "no reply came")
    }
}
