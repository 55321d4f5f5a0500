"""Every sentence of the screens in zh-Hans, zh-Hant and English, one module a theme."""
