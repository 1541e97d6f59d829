#if Management
import Hummingbird
import NIOCore

/// The style sheet, the script and the icon, which are part of the program.
enum Assets {
    static func add(to router: Router<ManagementContext>) {
        let files: KeyValuePairs<String, (type: String, bytes: [UInt8])> = [
            "style.css": ("text/css; charset=utf-8", PackageResources.style_css),
            "screen.js": ("text/javascript; charset=utf-8", PackageResources.screen_js),
            "icon.svg": ("image/svg+xml", PackageResources.icon_svg),
        ]
        for (name, file) in files {
            let body = ByteBuffer(bytes: file.bytes)
            router.get("/assets/\(name)") { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: file.type, .cacheControl: "max-age=300"],
                    body: ResponseBody(byteBuffer: body)
                )
            }
        }
    }
}
#endif
