import Hummingbird

@main struct App {
    static func main() async throws {
        let application = makeApplication()
        try await application.runService()
    }
}

func makeApplication() -> some ApplicationProtocol {
    let router = Router()
    router.get("health") { _, _ in "up" }
    return Application(router: router)
}
