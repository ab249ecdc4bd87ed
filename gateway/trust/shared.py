"""Hosts that belong to everybody who has an account there: mail providers, platforms, page builders, link shorteners.

A list, so never whole: what the public suffix list calls a suffix (`pages.dev`) is refused without it.
"""

from __future__ import annotations

from gateway.trust.platforms import main_name

_FREEMAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "outlook.de", "outlook.fr", "hotmail.com", "hotmail.co.uk",
        "hotmail.fr", "live.com", "live.co.uk", "msn.com", "passport.com", "yahoo.com", "yahoo.co.uk", "yahoo.co.jp",
        "yahoo.co.in", "yahoo.fr", "yahoo.de", "ymail.com", "rocketmail.com", "aol.com", "aim.com", "icloud.com",
        "me.com", "mac.com", "proton.me", "protonmail.com", "protonmail.ch", "pm.me", "gmx.com", "gmx.de", "gmx.net",
        "gmx.at", "gmx.ch", "mail.com", "email.com", "mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru",
        "yandex.ru", "yandex.com", "ya.ru", "rambler.ru", "ukr.net", "qq.com", "vip.qq.com", "foxmail.com", "163.com",
        "vip.163.com", "126.com", "yeah.net", "188.com", "139.com", "189.cn", "sina.com", "sina.cn", "sohu.com",
        "tom.com",
        "aliyun.com", "21cn.com", "naver.com", "hanmail.net", "daum.net", "kakao.com", "zoho.com",
        "zohomail.com", "tutanota.com", "tutanota.de", "tuta.io", "tuta.com", "tutamail.com", "keemail.me", "web.de",
        "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "fastmail.com", "fastmail.fm", "hey.com", "duck.com",
        "hushmail.com", "mailfence.com", "disroot.org", "riseup.net", "orange.fr", "laposte.net", "free.fr", "sfr.fr",
        "libero.it", "virgilio.it", "tiscali.it", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "seznam.cz",
        "centrum.cz",
        "abv.bg", "rediffmail.com", "comcast.net", "verizon.net", "att.net", "btinternet.com", "sky.com",
        "terra.com.br",
        "uol.com.br", "bol.com.br", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp",
        "mailinator.com", "yopmail.com",
        "guerrillamail.com", "10minutemail.com", "simplelogin.com", "anonaddy.com",
    }
)  # fmt: skip
_PLATFORM_SITES = frozenset(
    {
        "t.me", "telegram.me", "telegram.dog", "telegram.org", "x.com", "twitter.com", "facebook.com", "fb.com",
        "fb.me",
        "m.me", "instagram.com", "threads.net", "threads.com", "youtube.com", "youtu.be", "linkedin.com", "github.com",
        "gitlab.com", "bitbucket.org", "medium.com", "discord.gg", "discord.com", "reddit.com", "tiktok.com",
        "weibo.com", "weixin.qq.com", "mp.weixin.qq.com", "wa.me", "whatsapp.com", "chat.whatsapp.com", "line.me",
        "lin.ee", "vk.com", "ok.ru", "pinterest.com", "snapchat.com", "twitch.tv", "bilibili.com", "zhihu.com",
        "douyin.com", "xiaohongshu.com", "quora.com", "tumblr.com", "mastodon.social", "bsky.app", "slack.com",
        "linktr.ee", "beacons.ai", "bio.link", "apps.apple.com", "itunes.apple.com", "play.google.com",
    }
)  # fmt: skip
_HOSTERS = frozenset(
    {
        "google.com", "sites.google.com", "docs.google.com", "drive.google.com", "forms.google.com",
        "groups.google.com",
        "storage.googleapis.com", "googleapis.com", "storage.cloud.google.com", "script.google.com", "forms.gle",
        "microsoft.com", "forms.office.com", "forms.microsoft.com", "office.com", "sharepoint.com", "onedrive.live.com",
        "1drv.ms", "dropbox.com", "box.com", "icloud.com", "notion.so", "notion.site", "typeform.com", "jotform.com",
        "surveymonkey.com", "airtable.com", "trello.com", "canva.com", "wix.com", "wixsite.com", "weebly.com",
        "wordpress.com", "wordpress.org", "blogger.com", "blogspot.com", "squarespace.com", "webflow.com", "webflow.io",
        "carrd.co", "strikingly.com", "telegra.ph", "graph.org", "pastebin.com", "gist.github.com", "mega.nz",
        "mediafire.com", "wetransfer.com", "amazonaws.com", "s3.amazonaws.com", "ipfs.io", "archive.org",
        "web.archive.org", "zendesk.com", "freshdesk.com", "intercom.help", "gitbook.io", "substack.com", "mirror.xyz",
        "godaddysites.com", "change.org", "eventbrite.com", "calendly.com", "zoom.us", "yuque.com", "feishu.cn",
        "docs.qq.com", "kdocs.cn", "shimo.im", "jinshuju.net", "wjx.cn", "pan.baidu.com",
    }
)  # fmt: skip
_SHORTENERS = frozenset(
    {
        "bit.ly", "bitly.com", "j.mp", "t.co", "goo.gl", "g.co", "tinyurl.com", "is.gd", "v.gd", "ow.ly", "buff.ly",
        "cutt.ly", "rb.gy", "rebrand.ly", "short.io", "shorturl.at", "t.ly", "tiny.cc", "bl.ink", "lnkd.in", "dlvr.it",
        "s.id", "soo.gd", "clck.ru", "vk.cc", "u.to", "url.cn", "t.cn", "dwz.cn", "suo.im", "amzn.to", "page.link",
        "app.link", "onelink.me", "adf.ly", "shorte.st", "ift.tt", "trib.al", "qr.ae", "qrco.de", "me-qr.com",
    }
)  # fmt: skip
_SITES = _PLATFORM_SITES | _HOSTERS | _SHORTENERS


def is_freemail(domain: str) -> bool:
    """Whether anybody can get an address at that domain."""
    return domain in _FREEMAIL


def is_shared(domain: str) -> bool:
    """Whether a page or an address at that domain can be anybody's."""
    name = main_name(domain)
    return domain in _SITES or name in _SITES or name in _FREEMAIL


def is_shortener(domain: str) -> bool:
    """Whether links at that domain lead elsewhere, and do not show where."""
    return main_name(domain) in _SHORTENERS
